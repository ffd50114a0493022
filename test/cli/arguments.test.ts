import { beforeAll, describe, expect, it } from 'vitest';
import { customerProgram } from '../../cli/commands/customer.ts';
import { deadLettersProgram } from '../../cli/commands/dead-letters.ts';
import { generateKeysProgram } from '../../cli/commands/generate-keys.ts';
import { licencesProgram } from '../../cli/commands/licences.ts';
import { queueProgram } from '../../cli/commands/queue.ts';
import { signupWorkflowProgram } from '../../cli/commands/signup-workflow.ts';
import { usageProgram } from '../../cli/commands/usage.ts';
import { type Define, run } from '../../cli/program.ts';
import { customerId, jobId, startLoopbackApi, testWorld } from './harness.ts';

/** An address where nobody listens any more: a wrong call must be refused before anything is sent. */
let nowhere: Record<string, string>;
beforeAll(async () => {
  const server = await startLoopbackApi(() => 'drop');
  nowhere = server.env;
  await server.close();
});

const programs: Record<string, Define> = {
  customer: customerProgram,
  usage: usageProgram,
  queue: queueProgram,
  'dead-letters': deadLettersProgram,
  licences: licencesProgram,
  'generate-keys': generateKeysProgram,
  'signup-workflow': signupWorkflowProgram,
};

async function call(name: string, args: string[], env: Record<string, string> = nowhere) {
  const world = testWorld(env);
  const define = programs[name];
  if (define === undefined) throw new Error(`no program ${name}`);
  const exit = await run(name, define, args, world);
  return { exit, world };
}

describe('a wrong call is one line and exit code 2', () => {
  it.each<[string, string[], string]>([
    ['customer', ['add'], "required option '--email"],
    ['customer', ['add', '--email', 'ada', '--company', 'Acme'], '--email'],
    ['customer', ['add', '--email', 'ada@example.com'], "required option '--company"],
    ['customer', ['add', '--email', 'a@b.co', '--company', 'A', '--plan', 'gold'], 'starter, professional, enterprise'],
    ['customer', ['list', '--limit', '101'], '--limit'],
    ['customer', ['list', '--page', 'two'], '--page'],
    ['customer', ['list', '--limit', ''], '--limit'],
    ['customer', ['deactivate'], "required option '--id"],
    ['customer', ['deactivate', '--id', 'cust_abc123'], 'must look like cust_ + 32 hex digits'],
    ['customer', ['deactivate', '--id', `${customerId}/../x`], 'must look like cust_'],
    ['customer', ['lst'], "unknown command 'lst'"],
    ['usage', [], 'give either --customer ID or --all'],
    ['usage', ['--customer', customerId, '--all'], 'give either --customer ID or --all'],
    ['usage', ['--customer', customerId, '--days', '0'], '--days'],
    ['usage', ['--customer', customerId, '--days', '401'], '--days'],
    ['usage', ['--customer', customerId, '--days', '1.5'], '--days'],
    ['usage', ['--customer', customerId, '--from', '2026-11-01T00:00:00Z'], '--from and --to together'],
    ['usage', ['--all', '--from', 'yesterday', '--to', 'today'], '--from'],
    ['usage', ['--customer', customerId, '--namespace', 'Not_A_Namespace'], 'RFC 1123'],
    ['usage', ['--all', '--namespace', 'customer-aaaaaaaa'], 'go with --customer'],
    ['usage', ['--all', '--granularity', 'window'], 'go with --customer'],
    ['usage', ['--customer', customerId, '--granularity', 'hour'], '--granularity'],
    ['usage', ['--customer', customerId, 'surplus'], 'too many arguments'],
    ['queue', ['list', '--state', 'lost'], 'waiting, active, completed, failed, delayed'],
    ['queue', ['show', 'job_1'], 'must look like job_'],
    ['queue', ['retry'], "missing required argument 'job'"],
    ['dead-letters', ['replay', 'all'], 'must look like dead_'],
    ['licences', ['revoke', '--customer', customerId], "required option '--reason"],
    ['generate-keys', ['--bits', '1024'], 'must be one of 2048, 3072, 4096'],
    ['generate-keys', ['--add', 'a', '--promote', 'b'], 'cannot be used with'],
    ['signup-workflow', ['--plan', 'gold'], 'starter, professional, enterprise'],
    ['signup-workflow', ['--timeout', '0'], '--timeout'],
    ['signup-workflow', ['--colour'], "unknown option '--colour'"],
  ])('%s %j', async (name, args, message) => {
    const { exit, world } = await call(name, args);
    expect(exit).toBe(2);
    expect(world.lines).toEqual([]);
    expect(world.notes).toHaveLength(1);
    expect(world.notes[0]).toContain(message);
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
  it.each(Object.keys(programs))('%s --help is a result, not a problem', async (name) => {
    const { exit, world } = await call(name, ['--help']);
    expect(exit).toBe(0);
    expect(world.lines[0]).toContain(`Usage: ${name}`);
    expect(world.notes).toEqual([]);
  });
});
