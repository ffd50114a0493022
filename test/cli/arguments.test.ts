import { beforeAll, describe, expect, it } from 'vitest';
import { commands, run } from '../../cli/program.ts';
import { customerId, jobId, startLoopbackApi, testWorld } from './harness.ts';

/** An address where nobody listens any more: a wrong call must be refused before anything is sent. */
let nowhere: Record<string, string>;
beforeAll(async () => {
  const server = await startLoopbackApi(() => 'drop');
  nowhere = server.env;
  await server.close();
});

async function call(name: string, args: string[], env: Record<string, string> = nowhere) {
  const world = testWorld(env);
  const exit = await run([name, ...args], world);
  return { exit, world };
}

describe('a wrong call is one line and exit code 2', () => {
  it.each<[string, string[], string]>([
    ['customer', ['add'], "required option '--email"],
    ['customer', ['add', '--email', 'ada', '--company', 'Acme'], "--email 'ada': must be an email address"],
    ['customer', ['add', '--email', 'ada@example.com'], "required option '--company"],
    [
      'customer',
      ['add', '--email', 'a@b.co', '--company', 'A', '--plan', 'Gold Plan'],
      "--plan 'Gold Plan': must be a plan",
    ],
    ['customer', ['list', '--limit', '101'], "--limit '101': must be at most 100"],
    ['customer', ['list', '--limit', '1.5'], "--limit '1.5': must be a whole number"],
    ['customer', ['list', '--page', 'two'], "--page 'two': must be a number"],
    ['customer', ['list', '--limit', ''], "--limit '': must be at least 1"],
    ['customer', ['show', 'acme'], "customer 'acme': must be a customer: cust_ + 32 hex digits"],
    ['customer', ['redeploy', customerId, '--reason', ' '], "--reason ' ': must not be empty"],
    ['customer', ['deactivate'], 'which customer?'],
    ['customer', ['deactivate', '--id', 'cust_abc123'], 'must be a customer: cust_ + 32 hex digits'],
    ['customer', ['deactivate', '--customer', 'acme'], 'must be a customer: cust_ + 32 hex digits'],
    ['customer', ['deactivate', `${customerId}/../x`], 'must be a customer'],
    ['customer', ['show', customerId, '--customer', 'ada@example.com'], 'two customers are named'],
    ['customer', ['redeploy', customerId], "required option '--reason"],
    ['customer', ['redeploy', '--reason', 'new values'], 'give either a customer or --all'],
    ['customer', ['redeploy', customerId, '--all', '--reason', 'x'], 'give either a customer or --all'],
    ['customer', ['redeploy', '--all', '--rate', '0', '--reason', 'x'], '--rate'],
    ['customer', ['lst'], "unknown command 'lst'"],
    ['usage', [], 'give either a customer or --all'],
    ['usage', ['--customer', customerId, '--all'], 'give either a customer or --all'],
    ['usage', ['--customer', customerId, '--days', '0'], '--days'],
    ['usage', ['--customer', customerId, '--days', '401'], '--days'],
    ['usage', ['--customer', customerId, '--days', '1.5'], '--days'],
    ['usage', ['--customer', customerId, '--to', '2026-11-01'], 'give --days, or --from'],
    ['usage', ['--customer', customerId, '--from', '7d', '--days', '7'], 'give --days, or --from'],
    ['usage', ['--customer', customerId, '--from', '2026-11-02', '--to', '2026-11-01'], '--from must be before --to'],
    ['usage', ['--all', '--from', 'yesterday', '--to', 'today'], 'must be 2026-11-01, an ISO instant, 7d, 12h or now'],
    ['usage', ['--all', '--from', '2026-02-30'], 'must be 2026-11-01'],
    ['usage', ['--all', '--from', '2026-02-30T10:00'], 'must be 2026-11-01'],
    ['usage', ['--customer', customerId, '--namespace', 'Not_A_Namespace'], 'RFC 1123'],
    ['usage', ['--all', '--namespace', 'customer-aaaaaaaa'], 'go with a customer'],
    ['usage', ['--all', '--granularity', 'window'], 'go with a customer'],
    ['usage', ['--all', '--period', 'previous'], 'go with a customer'],
    ['usage', ['--all', '--forecast'], 'go with a customer'],
    ['usage', ['--customer', customerId, '--forecast', '--period', 'previous'], 'takes no --cost and no --period'],
    ['usage', ['--customer', customerId, '--cost', '--days', '3'], 'take no days and no namespace'],
    ['usage', ['--customer', customerId, '--period', 'last'], "--period 'last': must be 2026-11-01"],
    ['usage', ['--customer', customerId, '--granularity', 'hour'], '--granularity'],
    ['usage', ['--customer', customerId, 'surplus'], 'must be a customer'],
    ['queue', ['list', '--state', 'lost'], 'waiting, active, completed, failed, delayed'],
    ['queue', ['show', 'job_1'], 'must look like job_'],
    ['queue', ['retry'], "missing required argument 'job'"],
    ['dead-letters', ['replay', 'all'], 'must look like dead_'],
    ['licences', ['revoke', '--customer', customerId], "required option '--reason"],
    ['licences', ['reissue', '--reason', 'x'], 'give either a customer or --all'],
    ['keys', ['revoke'], "missing required argument 'key'"],
    ['keys', ['revoke', 'key_1', customerId], 'must look like key_'],
    ['keys', ['rotate', `key_${'d'.repeat(32)}`], 'which customer?'],
    ['keys', ['rotate', `key_${'d'.repeat(32)}`, customerId, '--overlap', '-1'], '--overlap'],
    ['credentials', ['list', '--kind', 'root'], 'account, reporter, cluster, provisioner, admin'],
    ['admin-tokens', ['create', '--name', 'ci'], "required option '--role"],
    ['admin-tokens', ['create', '--name', 'ci', '--role', 'root'], 'viewer, operator, owner'],
    ['clusters', ['create', 'EU', '--queue-binding', 'Q'], 'RFC 1123'],
    ['clusters', ['create', 'eu', '--queue-binding', 'q'], "must be the Worker's binding"],
    ['clusters', ['create', 'eu', '--queue-binding', 'Q', '--namespaces-max', '0'], '--namespaces-max'],
    ['generate-keys', ['--bits', '1024'], 'must be one of 2048, 3072, 4096'],
    ['generate-keys', ['--add', 'a', '--promote', 'b'], 'cannot be used with'],
    ['plans', ['publish'], 'add --yes'],
    ['plans', ['migrate', 'small', '--from', '1'], "required option '--to"],
    ['plans', ['migrate', 'Small Plan', '--from', '1', '--to', '2', '--all'], "plan 'Small Plan': must be a plan"],
    ['plans', ['simulate', '--period', 'yesterday'], "--period 'yesterday': must be an ISO 8601 instant"],
    ['signup-workflow', ['--plan', 'Gold Plan'], 'must be a plan: lower-case letters, digits and -, at most 40'],
    ['signup-workflow', ['--timeout', '0'], '--timeout'],
    ['signup-workflow', ['--colour'], "unknown option '--colour'"],
  ])('%s %j', async (name, args, message) => {
    const { exit, world } = await call(name, args);
    expect(exit).toBe(2);
    expect(world.lines).toEqual([]);
    expect(world.notes).toHaveLength(1);
    expect(world.notes[0]).toContain(message);
    // The words of a schema and of a parser are not people's.
    expect(world.notes[0]).not.toMatch(/expected|received|Invalid|NaN|zod|is invalid/);
  });

  it('has a line for each wrong variable', async () => {
    const { exit, world } = await call('queue', ['stats'], { BILLING_API_URL: 'nowhere', ALLOW_PLAIN_HTTP: 'perhaps' });
    expect(exit).toBe(2);
    expect(world.notes).toEqual([
      'error: BILLING_API_URL must be an http or https URL, without a user, a query or a fragment',
      'error: ALLOW_PLAIN_HTTP must be true or false, not "perhaps"',
    ]);
  });

  it('says so when there is no API to speak to', async () => {
    const { exit, world } = await call('queue', ['stats'], { DATA_DIR: '/nonexistent' });
    expect(exit).toBe(2);
    expect(world.notes).toEqual([expect.stringContaining('run npm start')]);
  });
});

describe('an API that is not there is exit code 3', () => {
  it.each<[string, string[]]>([
    ['customer', ['list']],
    ['usage', ['--all']],
    ['usage', ['--customer', customerId]],
    ['queue', ['show', jobId]],
    ['signup-workflow', []],
  ])('%s %j', async (name, args) => {
    const { exit, world } = await call(name, args);
    expect(exit).toBe(3);
    expect(world.notes).toEqual([
      expect.stringMatching(/^error: cannot reach http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/),
    ]);
  });
});

describe('help', () => {
  it.each(Object.keys(commands))('%s --help is a result, not a problem', async (name) => {
    const { exit, world } = await call(name, ['--help']);
    expect(exit).toBe(0);
    expect(world.lines[0]).toContain(`Usage: tenantry ${name}`);
    expect(world.notes).toEqual([]);
  });
});
