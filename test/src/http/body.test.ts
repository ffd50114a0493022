/** What a body, a query and a job's text may be, and what a failure leaves in the log. */
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/lib/keys.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const api = makeApi();
let provisioner = '';
beforeAll(async () => {
  provisioner = (await ensureCluster(api)).provisionerToken;
});
const json = { 'content-type': 'application/json' };

describe('a body', () => {
  it('that breaks off is 400, whatever the error is called, and no outage in the log', async () => {
    const broken = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"email": "half'));
          controller.error(new Error('Network connection lost.'));
        },
      });
    for (const headers of [json, { ...json, 'content-length': '200' }]) {
      const answer = await api.call('POST', '/api/customers/signup', { raw: broken(), headers });
      expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'body_incomplete' }]);
    }
    expect(api.logs.filter((line) => line.level !== 'info' && line.message.includes('D1'))).toEqual([]);
  });

  it('with a lone surrogate reaches nothing: the field is named', async () => {
    const raw = '{"email":"lone@example.com","company_name":"A\\ud800B"}';
    const answer = await api.call('POST', '/api/customers/signup', { raw, headers: json });
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { code: 'validation_failed', details: { issues: [{ path: 'company_name' }] } },
    ]);
    const pair = '{"email":"pair@example.com","company_name":"A \\ud83d\\udca5 B"}';
    const made = await api.call('POST', '/api/customers/signup', { raw: pair, headers: json });
    expect([made.status, await made.json()]).toMatchObject([201, { customer: { company_name: 'A 💥 B' } }]);
  });

  it('may be nested as deep as its size allows', async () => {
    const lone = Array<string>(100).fill('"\\ud800"').join();
    const raw = `{"a":${'['.repeat(30_000)}${lone}${']'.repeat(30_000)}}`;
    const answer = await api.call('POST', '/api/customers/signup', { raw, headers: json });
    expect(answer.status).toBe(422);
    expect((await answer.text()).length).toBeLessThan(10_000);
  });

  it('of a batch loses one item to a lone surrogate, not the others', async () => {
    const made = await signUp(api);
    const key = (await (
      await api.call('POST', `/api/customers/${made.customer.customer_id}/reporters`, {
        token: rootToken,
        body: { instance_id: 'lone', take_over: true },
      })
    ).json()) as { api_key: string };
    const report = (instance: string) =>
      `{"customer_id":"${made.customer.customer_id}","instance_id":"${instance}","cpu_hours":1}`;
    const raw = `{"reports":[${report('lone')},${report('lone\\ud800')}]}`;
    const answer = await api.call('POST', '/api/usage/batch', { token: key.api_key, raw, headers: json });
    expect([answer.status, await answer.json()]).toMatchObject([202, { accepted: 1, rejected: 1 }]);
  });
});

describe('text of a job', () => {
  const dirty = '10 %\nready {"url":"http://evil"}\u001b[2J \u202egnp\u009b31m';
  const clean = '10 % ready {"url":"http://evil"}  gnp';

  it('is one line by the time that anybody reads it', async () => {
    const who = await signUp(api);
    let leased: { lease_id: string; generation: number; job: { id: string; customer_id: string } };
    do {
      const next = await api.call('POST', '/api/provisioner/jobs/next', { token: provisioner, body: {} });
      leased = (await next.json()) as typeof leased;
    } while (leased.job.customer_id !== who.customer.customer_id);
    const { lease_id, generation } = leased;
    const job = () => api.call('GET', `/api/queue/jobs/${leased.job.id}`, { token: rootToken });
    const send = (what: string, body: unknown) =>
      api.call('POST', `/api/provisioner/jobs/${leased.job.id}/${what}`, { token: provisioner, body });
    expect((await send('progress', { lease_id, percent: 10, message: dirty })).status).toBe(200);
    expect(await (await job()).json()).toMatchObject({ job: { progress: { message: clean } } });
    const events = [{ object: `Pod/${dirty}`, reason: dirty, message: dirty }];
    const failure = { lease_id, generation, code: 'x', message: dirty, events, retryable: false };
    expect((await send('fail', failure)).status).toBe(200);
    expect(await (await job()).json()).toMatchObject({
      job: { error: { message: clean, events: [{ object: `Pod/${clean}`, reason: clean, message: clean }] } },
    });
    const read = await api.call('GET', `/api/customers/${who.customer.customer_id}`, { token: rootToken });
    expect(await read.text()).not.toMatch(/u001b|u009b|\u202e|\u009b|\\n/);
  });
});

describe('an unexpected failure', () => {
  it('logs why and where, and nobody’s data', async () => {
    const who = await signUp(api, { email: 'secret.person@example.com' });
    const control = api.bindings['CONTROL'] as D1Database;
    const breaking = new Proxy(control, {
      get: (target, name) =>
        name === 'prepare'
          ? (text: string) => target.prepare(text.includes('instr(') ? text.replace('count(*)', 'no_such(*)') : text)
          : name === 'batch'
            ? (list: D1PreparedStatement[]) => target.batch(list)
            : (Reflect.get(target, name) as unknown),
    });
    const answer = await api.call('GET', `/api/customers?q=${who.customer.email}`, {
      token: rootToken,
      bindings: { CONTROL: breaking },
    });
    expect(answer.status).toBe(500);
    const logged = JSON.stringify(api.logs.at(-1));
    expect(logged).toContain('no_such');
    expect(logged).toContain('at ');
    expect(logged).not.toContain('secret.person');
  });

  it('of a statement with parameters logs the statement only', async () => {
    const control = api.bindings['CONTROL'] as D1Database;
    const breaking = new Proxy(control, {
      get: (target, name) =>
        name === 'prepare'
          ? (text: string) => target.prepare(text.replace('"hash" = ?', '"no_such" = ?'))
          : name === 'batch'
            ? (list: D1PreparedStatement[]) => target.batch(list)
            : (Reflect.get(target, name) as unknown),
    });
    const made = await signUp(api);
    const hash = await sha256Hex(made.api_key);
    const answer = await api.call('GET', `/api/customers/${made.customer.customer_id}`, {
      token: made.api_key,
      bindings: { CONTROL: breaking },
    });
    expect(answer.status).toBe(500);
    const logged = JSON.stringify(api.logs.at(-1));
    expect(logged).toContain('Failed query');
    expect(logged).not.toContain(hash);
  });
});
