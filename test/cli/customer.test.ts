import { describe, expect, it } from 'vitest';
import { pageQuery } from '../../src/contracts/common.ts';
import { customerAnswer, customerList, deactivateBody } from '../../src/contracts/customers.ts';
import { deploymentAnswer, driftBody, jobOrdered, redeployBody } from '../../src/contracts/deployments.ts';
import { jobAnswer } from '../../src/contracts/queue.ts';
import { callApi, customerBody, customerId, jobBody, jobId, listed, pageOf, problem, type Told } from './harness.ts';
import { type Route, standIn } from './stand-in.ts';

const behind = { ...customerBody('ready').deployment, generation: 2, observed_generation: 1 };
const upgrading = {
  ...customerBody('ready'),
  deployment: behind,
};
const deployment = {
  wanted: { phase: 'running', plan: 'professional', chart_version: '0.3.1', cluster_id: 'local', generation: 2 },
  observed: { phase: 'running', plan: 'starter', chart_version: '0.3.0', cluster_id: 'local', generation: 1 },
  drift: [{ object: 'Deployment/api', kind: 'changed', difference: 'spec.replicas: 3 for 1' }],
  services: [],
  suspended_for: null,
};

const route = (path: string, answer: Route['answer'], value: unknown): Route => ({
  method: 'GET',
  path,
  status: 200,
  answer,
  tell: () => value,
});
const customerRoute = (value: unknown) => route('/api/customers/:id', customerAnswer, value);
const deploymentRoute = (value: unknown) => route('/api/customers/:id/deployment', deploymentAnswer, value);
const jobRoute = (fields: Record<string, unknown>) => route('/api/queue/jobs/:id', jobAnswer, jobBody(fields));

describe('customer show', () => {
  const show = ['customer', 'show', customerId];

  it('says what is wanted and what is seen, each with its generation, and what is going on', async () => {
    const job = { verb: 'upgrade', state: 'active', generation: 2, progress: { percent: 40, message: 'helm upgrade' } };
    const routes = [customerRoute(upgrading), deploymentRoute(deployment), jobRoute(job)];
    const { exit, lines } = await callApi(show, standIn(routes));
    expect(exit).toBe(0);
    expect(lines.slice(5)).toEqual([
      'wanted        running, generation 2, professional, chart 0.3.1, in cluster local',
      'observed      ready, generation 1, chart 0.3.0',
      `going on      upgrade to generation 2: active, 40 % helm upgrade (${jobId})`,
      'drift         Deployment/api: changed: spec.replicas: 3 for 1',
      'namespace     customer-aaaaaaaa',
      'address       https://aaaaaaaa.example.com',
    ]);
  });

  it('says both generations although the API does not tell of deployments, and that nothing is under way', async () => {
    const lost = { ...upgrading, deployment: { ...behind, job_id: null } };
    const { exit, lines } = await callApi(show, standIn([customerRoute(lost)]));
    expect(exit).toBe(0);
    expect(lines).toContain('wanted        generation 2');
    expect(lines).toContain('observed      ready, generation 1');
    expect(lines).toContain('going on      generation 2 is wanted, and no job is known');
  });

  it('says why a deployment failed', async () => {
    const failed = customerBody('failed', 'quota is full');
    const { lines } = await callApi(show, standIn([customerRoute(failed), jobRoute({ state: 'failed' })]));
    expect(lines).toContain('observed      failed (quota is full), no generation yet');
    expect(lines).toContain(`last job      deploy to generation 1: failed (${jobId})`);
  });

  it('does not hide that the deployment could not be read', async () => {
    const { exit, notes } = await callApi(show, (heard): Told => {
      if (heard.path.endsWith('/deployment')) return { status: 403, body: problem('forbidden', 'not with this role') };
      return standIn([customerRoute(upgrading), jobRoute({})])(heard);
    });
    expect(exit).toBe(1);
    expect(notes).toEqual([expect.stringContaining('forbidden: not with this role')]);
  });

  it('has everything as JSON', async () => {
    const routes = [customerRoute(upgrading), deploymentRoute(deployment), jobRoute({})];
    const { lines } = await callApi([...show, '--json'], standIn(routes));
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      customer: { customer_id: customerId },
      deployment: { status: 'ready', wanted: { generation: 2 }, observed: { generation: 1 } },
      job: { id: jobId },
    });
  });
});

describe('a suspension on its way', () => {
  it.each(['canceled', 'suspended'])('is suspending in the list of %s customers, not provisioning', async (status) => {
    const one = { ...listed(1), status, deployment_status: 'provisioning' };
    const { lines } = await callApi(['customer', 'list'], ({ query }) => pageOf([one], query));
    expect(lines[1]).toMatch(/ suspending +2026-11-21$/);
    expect(lines[1]).not.toContain('provisioning');
  });

  it('is suspending where the phase says so, whatever the subscription is', async () => {
    const capped = { ...deployment, wanted: { ...deployment.wanted, phase: 'suspended' }, suspended_for: 'spend_cap' };
    const routes = [customerRoute(customerBody('provisioning')), deploymentRoute(capped), jobRoute({})];
    const { lines } = await callApi(['customer', 'show', customerId], standIn(routes));
    expect(lines).toContain('observed      suspending, generation 1, chart 0.3.0');
    expect(lines).toContain('suspended for spend cap');
  });
});

describe('naming a customer', () => {
  const fleet = [1, 2, 3].map(listed);
  const lookUp: Route = {
    method: 'GET',
    path: '/api/customers',
    query: pageQuery.loose(),
    status: 200,
    answer: customerList,
    tell: ({ query }) => {
      // As the API searches: part of an id, a company or an email.
      const items = fleet.filter((one) => `${one.email} ${one.customer_id}`.includes(query.get('q') ?? ''));
      return { items, total: items.length, page: 1, limit: 100 };
    },
  };
  const routes = [lookUp, customerRoute(customerBody('ready')), jobRoute({})];
  const readId = async (...args: string[]) => {
    const { heard, notes, exit } = await callApi(['customer', 'show', ...args], standIn(routes));
    return exit === 0 ? heard.find((one) => /^\/api\/customers\/cust_/.test(one.path))?.path.split('/')[3] : notes[0];
  };
  const id = listed(2).customer_id;

  it.each([
    ['its id', id],
    ['its short id', '00000002'],
    ['its email', 'owner-2@example.com'],
    ['its email in another spelling', 'OWNER-2@Example.com'],
  ])('by %s, as an argument or an option', async (_, name) => {
    expect(await readId(name)).toBe(id);
    expect(await readId('--customer', name)).toBe(id);
    expect(await readId(name, '--customer', name)).toBe(id);
    expect(await readId('--id', name)).toBe(id);
  });

  it('takes no near miss for it', async () => {
    expect(await readId('00000000')).toBe('error: no customer has the short id 00000000');
    expect(await readId('wner-2@example.com')).toBe('error: no customer has the email wner-2@example.com');
  });
});

describe('customer deactivate', () => {
  const args = ['customer', 'deactivate', customerId, '--reason', 'asked for'];
  const routes: Route[] = [
    customerRoute(customerBody('ready')),
    {
      method: 'POST',
      path: '/api/customers/:id/deactivate',
      body: deactivateBody,
      status: 200,
      answer: customerAnswer,
      tell: () => customerBody('provisioning'),
    },
  ];
  const posts = (heard: { method: string }[]) => heard.filter((one) => one.method === 'POST').length;

  it('asks at a terminal, by name, and goes on with yes only', async () => {
    const yes = await callApi(args, standIn(routes), 'Y');
    expect(yes.exit).toBe(0);
    expect(yes.asked).toEqual([expect.stringMatching(/^Acme \(ada@example\.com, cust_a+\) .* Go on\? \[y\/N\] $/)]);
    expect(posts(yes.heard)).toBe(1);
    const no = await callApi(args, standIn(routes), '');
    expect(no).toMatchObject({ exit: 1, notes: ['error: not confirmed; nothing was changed'] });
    expect(posts(no.heard)).toBe(0);
  });

  it('sends nothing without a terminal and without --yes', async () => {
    const { exit, notes, heard } = await callApi(args, standIn(routes));
    expect(exit).toBe(2);
    expect(notes).toEqual([expect.stringContaining('add --yes')]);
    expect(heard).toEqual([]);
  });

  it('asks nothing with --yes', async () => {
    const { exit, asked } = await callApi([...args, '--yes'], standIn(routes), 'no');
    expect(exit).toBe(0);
    expect(asked).toEqual([]);
  });
});

const order = (path: string, body: Route['body']): Route => ({
  method: 'POST',
  path,
  ...(body === undefined ? {} : { body }),
  status: 202,
  answer: jobOrdered,
  tell: () => ({ job_id: jobId }),
});

describe('customer redeploy', () => {
  const redeployRoute = order('/api/customers/:id/deployment/redeploy', redeployBody);

  it('orders it with its reason, and says which job to follow', async () => {
    const args = ['customer', 'redeploy', customerId, '--reason', 'new values'];
    const { exit, lines, heard } = await callApi(args, standIn([redeployRoute]));
    expect(exit).toBe(0);
    expect(heard[0]?.body).toEqual({ reason: 'new values' });
    expect(lines).toEqual([`${jobId} deploys ${customerId} again; follow it with: tenantry queue show ${jobId}`]);
  });

  it('accepts the loss of data only from who says so twice', async () => {
    const args = ['customer', 'redeploy', customerId, '--reason', 'lost volume', '--accept-data-loss'];
    expect(await callApi(args, standIn([redeployRoute]))).toMatchObject({ exit: 2, heard: [] });
    const { heard, asked } = await callApi(args, standIn([redeployRoute]), 'yes');
    expect(asked[0]).toContain('is made anew, empty');
    expect(heard[0]?.body).toEqual({ reason: 'lost volume', accept_data_loss: true });
  });

  const fleet = [...Array.from({ length: 120 }, (_, i) => listed(i)), { ...listed(500), deployment_status: 'deleted' }];
  const all = ['customer', 'redeploy', '--all', '--reason', 'new values', '--rate', '10'];
  const answer = (bad: string | null) => (heard: Parameters<ReturnType<typeof standIn>>[0]) => {
    if (heard.path === '/api/customers') return pageOf(fleet, heard.query);
    if (bad !== null && heard.path.includes(bad))
      return { status: 409, body: problem('data_loss', 'its volume is gone') };
    return standIn([redeployRoute])(heard);
  };

  it('--all goes through every page at its rate, skips what is deleted, and tells how far it is', async () => {
    const { exit, lines, notes, slept, heard } = await callApi([...all, '--yes'], answer(null));
    expect(exit).toBe(0);
    expect(new Set(heard.filter((one) => one.method === 'POST').map((one) => one.path)).size).toBe(120);
    expect(slept).toEqual(Array(119).fill(100));
    expect(notes).toContain('listed 100 of 121 customers');
    expect(notes.at(-1)).toBe(`120 of 120: ${listed(119).customer_id}`);
    expect(lines).toEqual(['deployed again: 120 of 120 customers; see: tenantry queue']);
  });

  it('--all goes on after one that is refused, says which, and exits 1', async () => {
    const bad = listed(7).customer_id;
    const { exit, lines, notes } = await callApi([...all, '--yes'], answer(bad));
    expect(exit).toBe(1);
    expect(lines[0]).toMatch(new RegExp(`^${bad}: data_loss: its volume is gone`));
    expect(lines[1]).toBe('deployed again: 119 of 120 customers; see: tenantry queue');
    expect(notes.at(-1)).toBe('error: refused: 1 of 120 customers');
  });

  it('--all asks first', async () => {
    expect(await callApi(all, answer(null))).toMatchObject({ exit: 2, heard: [] });
    const { asked, exit, heard } = await callApi(all, answer(null), 'n');
    expect(asked).toEqual([expect.stringContaining('120 customers')]);
    expect(exit).toBe(1);
    expect(heard.every((one) => one.method === 'GET')).toBe(true);
  });

  it('--all stops when the API goes away, and says how far it came', async () => {
    let posts = 0;
    const { exit, notes } = await callApi([...all, '--yes'], (heard) => {
      if (heard.method === 'POST') posts += 1;
      return posts > 3 ? 'drop' : answer(null)(heard);
    });
    expect(exit).toBe(3);
    expect(notes.at(-1)).toMatch(/; 3 of 120 customers were done$/);
  });
});

describe('customer drift', () => {
  const driftRoute = order('/api/customers/:id/deployment/drift', driftBody);

  it('shows what the last look found', async () => {
    const { lines, heard } = await callApi(['customer', 'drift', customerId], standIn([deploymentRoute(deployment)]));
    expect(lines[1]).toBe('Deployment/api  changed  spec.replicas: 3 for 1');
    expect(heard.map((one) => one.method)).toEqual(['GET']);
    const none = { ...deployment, drift: [] };
    const again = await callApi(['customer', 'drift', customerId], standIn([deploymentRoute(none)]));
    expect(again.lines[0]).toBe('no drift was found at the last look');
  });

  it.each([
    ['--look', false],
    ['--correct', true],
  ])('%s orders a look', async (flag, correct) => {
    const { exit, heard, lines } = await callApi(['customer', 'drift', customerId, flag], standIn([driftRoute]));
    expect(exit).toBe(0);
    expect(heard[0]?.body).toEqual({ correct });
    expect(lines[0]).toContain(`tenantry queue show ${jobId}`);
  });
});
