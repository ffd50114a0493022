/** The commands given to Helm and what their results mean, over a Helm that answers from a script. */
import { describe, expect, it } from 'vitest';
import type { Helm, HelmRun } from '../../provisioner/helm.ts';
import {
  appliesOnServer,
  history,
  type ReleaseContext,
  recover,
  uninstall,
  upgrade,
} from '../../provisioner/release.ts';

const exit = (code: number, stdout = '', stderr = ''): HelmRun => ({ kind: 'exited', code, stdout, stderr });
const revisions = (...statuses: string[]) =>
  exit(0, JSON.stringify(statuses.map((status, i) => ({ revision: i + 1, status }))));
const notFound = exit(1, '', 'Error: release: not found');
const started = exit(0, '{"suspended":false}');
const late = exit(1, '', 'Error: resource Deployment/n/app not ready. status: InProgress');

const chart = { path: 'chart', valuesFile: undefined };

/** A context whose helm gives these answers in turn, and the commands and the stdin that it was given. */
function scripted(...answers: HelmRun[]) {
  const commands: string[][] = [];
  const inputs: (string | undefined)[] = [];
  const helm: Helm = async (args, limits, input) => {
    commands.push(args(Math.floor((limits.workUntil - on.now()) / 1000)));
    inputs.push(input);
    return answers.shift() ?? exit(99, '', 'Error: asked too often');
  };
  const on: ReleaseContext = {
    helm,
    release: 'c1',
    namespace: 'customer-1',
    serverSide: true,
    now: () => 0,
    workUntil: 300_000,
    signal: new AbortController().signal,
    explain: async () => [{ object: 'Pod/a', reason: 'ImagePullBackOff', message: 'no image' }],
  };
  return { on, commands, inputs, verbs: () => commands.map(([verb]) => verb) };
}

describe('an upgrade', () => {
  it('waits, reads its values from stdin alone, and puts positionals behind --', async () => {
    const { on, commands, inputs } = scripted(exit(0));
    const dashed = { path: '--charts/x', valuesFile: undefined };
    expect(await upgrade(on, dashed, '{"a":1}', [], 'run')).toEqual({ ok: true, value: undefined });
    const [command = []] = commands;
    expect(command.slice(command.indexOf('--'))).toEqual(['--', 'c1', '--charts/x']);
    expect(command.join(' ')).toContain(
      'upgrade --install --namespace customer-1 --server-side=true --force-conflicts --take-ownership --values - --wait --timeout 270s',
    );
    expect(command.filter((arg) => arg.startsWith('--set'))).toEqual([]);
    expect(inputs).toEqual(['{"a":1}']);
  });

  it('takes the operator’s file before our values, as one file whatever its name', async () => {
    const { on, commands } = scripted(exit(0));
    await upgrade(on, { path: 'chart', valuesFile: '/etc/a,"b".yaml' }, '{}', [], 'run');
    const [command = []] = commands;
    expect(command.filter((_, i) => command[i - 1] === '--values')).toEqual(['"/etc/a,""b"".yaml"', '-']);
  });

  it('that fails goes back to what ran, and says why it failed', async () => {
    const { on, commands, verbs } = scripted(late, revisions('superseded', 'deployed', 'failed'), started, exit(0));
    const before = [
      { revision: 1, status: 'superseded' },
      { revision: 2, status: 'deployed' },
    ];
    const done = await upgrade(on, chart, '{}', before, 'run');
    expect(done).toMatchObject({ ok: false, error: { code: 'not_ready', events: [{ object: 'Pod/a' }] } });
    expect(verbs()).toEqual(['upgrade', 'history', 'get', 'rollback']);
    expect(commands[3]?.slice(-3)).toEqual(['--', 'c1', '2']);
  });

  it('of a stack that was stopped does not go back to that when it fails', async () => {
    const stopped = exit(0, '{"customer":{},"suspended":true}');
    const { on, commands, verbs } = scripted(late, revisions('deployed', 'failed'), stopped);
    const done = await upgrade(on, chart, '{}', [{ revision: 1, status: 'deployed' }], 'run');
    expect(done).toMatchObject({ ok: false, error: { code: 'not_ready', events: [{ object: 'Pod/a' }] } });
    expect(verbs()).toEqual(['upgrade', 'history', 'get']);
    expect(commands[2]?.join(' ')).toBe('get values --namespace customer-1 --revision 1 -o json -- c1');
  });

  it.each([exit(1, '', 'Error: no'), exit(0, 'null'), exit(0, 'no JSON')])(
    'goes back where what ran does not say whether it ran',
    async (answer) => {
      const { on, verbs } = scripted(late, revisions('deployed', 'failed'), answer, exit(0));
      await upgrade(on, chart, '{}', [{ revision: 1, status: 'deployed' }], 'run');
      expect(verbs()).toEqual(['upgrade', 'history', 'get', 'rollback']);
    },
  );

  it('that suspends waits for nothing, runs no hook, and what ran is not brought back when it fails', async () => {
    const { on, commands, verbs } = scripted(late);
    const done = await upgrade(on, chart, '{}', [{ revision: 1, status: 'deployed' }], 'stop');
    expect(done).toMatchObject({ ok: false, error: { code: 'not_ready', events: [{ object: 'Pod/a' }] } });
    expect(verbs()).toEqual(['upgrade']);
    expect(commands[0]).toContain('--no-hooks');
    expect(commands[0]).not.toContain('--wait');
  });

  it.each<HelmRun>([{ kind: 'timed_out' }, { kind: 'killed', signal: 'SIGKILL' }])(
    'that ended as $kind goes back to what ran too, with time that was kept for it',
    async (ended) => {
      const { on, commands, verbs } = scripted(ended, revisions('deployed', 'pending-upgrade'), started, exit(0));
      const done = await upgrade(on, chart, '{}', [{ revision: 1, status: 'deployed' }], 'run');
      expect(done).toMatchObject({ ok: false, error: { kind: 'failed' } });
      expect(verbs()).toEqual(['upgrade', 'history', 'get', 'rollback']);
      // 300 s, less 45 for the roll-back, less 30 for helm to end by itself.
      expect(commands[0]?.join(' ')).toContain('--timeout 225s');
      expect(commands[3]?.join(' ')).toContain('--server-side=true --force-conflicts --no-hooks');
    },
  );

  it('that could not be started leaves what runs as it is', async () => {
    const { on, verbs } = scripted({ kind: 'no_time' });
    const done = await upgrade(on, chart, '{}', [{ revision: 1, status: 'deployed' }], 'run');
    expect(done).toMatchObject({ ok: false, error: { code: 'timeout' } });
    expect(verbs()).toEqual(['upgrade']);
  });

  it('by Helm 3, which applies on our side, is not told to force', async () => {
    const { on, commands } = scripted(exit(0));
    await upgrade({ ...on, serverSide: false }, chart, '{}', [], 'run');
    expect(commands[0]?.join(' ')).not.toMatch(/server-side|force/);
    expect(['v3.20.2', 'v4.3', 'v5.0.0'].map(appliesOnServer)).toEqual([false, true, true]);
  });

  it('that was refused before it changed anything is not rolled back', async () => {
    const before = [{ revision: 1, status: 'deployed' }];
    const { on, verbs } = scripted(
      exit(1, '', "Error: values don't meet the specifications of the schema"),
      revisions('deployed'),
    );
    expect(await upgrade(on, chart, '{}', before, 'run')).toMatchObject({ error: { code: 'chart_broken' } });
    expect(verbs()).toEqual(['upgrade', 'history']);
  });

  it('whose roll-back fails too says both', async () => {
    const { on } = scripted(late, revisions('deployed', 'failed'), started, exit(1, '', 'Error: no'));
    const done = await upgrade(on, chart, '{}', [{ revision: 1, status: 'deployed' }], 'run');
    expect(!done.ok && done.error.kind === 'failed' && done.error.message).toMatch(
      /no image\. Rolling back failed too: helm rollback: no/,
    );
  });

  it('a first install that fails stays as it is', async () => {
    const { on, verbs } = scripted(late);
    expect((await upgrade(on, chart, '{}', [], 'run')).ok).toBe(false);
    expect(verbs()).toEqual(['upgrade']);
  });

  it('of a lost lease is not explained, rolled back or reported', async () => {
    const { on, verbs } = scripted({ kind: 'aborted' });
    expect(await upgrade(on, chart, '{}', [{ revision: 1, status: 'deployed' }], 'run')).toEqual({
      ok: false,
      error: { kind: 'lost' },
    });
    expect(verbs()).toEqual(['upgrade']);
  });
});

describe('recovery', () => {
  const pending = [
    { revision: 1, status: 'deployed' },
    { revision: 2, status: 'pending-upgrade' },
  ];

  it('uninstalls or rolls back as planned', async () => {
    const first = scripted(exit(0));
    expect(await recover(first.on, [{ revision: 1, status: 'pending-install' }])).toEqual({
      ok: true,
      value: 'uninstall',
    });
    const second = scripted(exit(0));
    expect(await recover(second.on, pending)).toEqual({ ok: true, value: 'rollback' });
    expect([...first.verbs(), ...second.verbs()]).toEqual(['uninstall', 'rollback']);
    expect(await recover(scripted().on, [{ revision: 1, status: 'deployed' }])).toEqual({
      ok: true,
      value: 'none',
    });
  });
});

describe('uninstalling', () => {
  const lostSight = exit(1, '', 'Error: uninstallation completed with 1 error(s): resource still exists');

  it('counts as done when Helm lost sight of an object but the release is gone', async () => {
    expect((await uninstall(scripted(lostSight, notFound).on)).ok).toBe(true);
    expect((await uninstall(scripted(lostSight, revisions('uninstalling')).on)).ok).toBe(false);
  });
});

describe('a history', () => {
  it('is empty where nothing was installed, and a failure where Helm could not ask', async () => {
    expect(await history(scripted(notFound).on)).toEqual({ ok: true, value: [] });
    const unreachable = exit(1, '', 'Error: kubernetes cluster unreachable: connection refused');
    expect(await history(scripted(unreachable).on)).toMatchObject({ error: { code: 'cluster_unreachable' } });
    expect(await history(scripted(exit(0, 'nonsense')).on)).toMatchObject({ error: { code: 'helm_failed' } });
  });
});
