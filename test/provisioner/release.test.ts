/** The commands given to Helm and what their results mean, over a Helm that answers from a script. */
import { describe, expect, it } from 'vitest';
import type { Helm, HelmRun } from '../../provisioner/helm.ts';
import { history, type ReleaseContext, recover, uninstall, upgrade } from '../../provisioner/release.ts';

const exit = (code: number, stdout = '', stderr = ''): HelmRun => ({ kind: 'exited', code, stdout, stderr });
const revisions = (...statuses: string[]) =>
  exit(0, JSON.stringify(statuses.map((status, i) => ({ revision: i + 1, status }))));
const notFound = exit(1, '', 'Error: release: not found');
const late = exit(1, '', 'Error: resource Deployment/n/app not ready. status: InProgress');

/** A context whose helm gives these answers in turn, and the commands that it was given. */
function scripted(...answers: HelmRun[]) {
  const commands: string[][] = [];
  const helm: Helm = async (args) => {
    commands.push(args(300));
    return answers.shift() ?? exit(99, '', 'Error: asked too often');
  };
  const on: ReleaseContext = {
    helm,
    release: 'c1',
    namespace: 'customer-1',
    workUntil: 300_000,
    signal: new AbortController().signal,
    explain: async () => [{ object: 'Pod/a', reason: 'ImagePullBackOff', message: 'no image' }],
  };
  return { on, commands, verbs: () => commands.map(([verb]) => verb) };
}

describe('an upgrade', () => {
  it('waits, takes its values from the file alone, and puts positionals behind --', async () => {
    const { on, commands } = scripted(exit(0));
    expect(await upgrade(on, '--charts/x', '/tmp/v.json', [], 'settle')).toEqual({ ok: true, value: undefined });
    const [command = []] = commands;
    expect(command.slice(command.indexOf('--'))).toEqual(['--', 'c1', '--charts/x']);
    expect(command.join(' ')).toContain(
      'upgrade --install --namespace customer-1 --values /tmp/v.json --wait --timeout 240s',
    );
    expect(command.filter((arg) => arg.startsWith('--set'))).toEqual([]);
  });

  it('that fails goes back to what ran, and says why it failed', async () => {
    const { on, commands, verbs } = scripted(late, revisions('superseded', 'deployed', 'failed'), exit(0));
    const before = [
      { revision: 1, status: 'superseded' },
      { revision: 2, status: 'deployed' },
    ];
    const done = await upgrade(on, 'chart', 'v', before, 'settle');
    expect(done).toMatchObject({ ok: false, error: { code: 'not_ready', events: [{ object: 'Pod/a' }] } });
    expect(verbs()).toEqual(['upgrade', 'history', 'rollback']);
    expect(commands[2]?.slice(-3)).toEqual(['--', 'c1', '2']);
  });

  it('of a stack that drains waits for nothing and brings nothing back, whatever becomes of the exporter', async () => {
    const { on, commands, verbs } = scripted(late);
    const done = await upgrade(on, 'chart', 'v', [{ revision: 1, status: 'deployed' }], 'drain');
    expect(done).toMatchObject({ ok: false, error: { code: 'not_ready', events: [{ object: 'Pod/a' }] } });
    expect(verbs()).toEqual(['upgrade']);
    expect(commands[0]).not.toContain('--wait');
  });

  it('that was refused before it changed anything is not rolled back', async () => {
    const before = [{ revision: 1, status: 'deployed' }];
    const { on, verbs } = scripted(
      exit(1, '', "Error: values don't meet the specifications of the schema"),
      revisions('deployed'),
    );
    expect(await upgrade(on, 'chart', 'v', before, 'settle')).toMatchObject({ error: { code: 'chart_broken' } });
    expect(verbs()).toEqual(['upgrade', 'history']);
  });

  it('whose roll-back fails too says both', async () => {
    const { on } = scripted(late, revisions('deployed', 'failed'), exit(1, '', 'Error: no'));
    const done = await upgrade(on, 'chart', 'v', [{ revision: 1, status: 'deployed' }], 'settle');
    expect(!done.ok && done.error.kind === 'failed' && done.error.message).toMatch(
      /no image\. Rolling back failed too: helm rollback: no/,
    );
  });

  it('a first install that fails stays as it is', async () => {
    const { on, verbs } = scripted(late);
    expect((await upgrade(on, 'chart', 'v', [], 'settle')).ok).toBe(false);
    expect(verbs()).toEqual(['upgrade']);
  });

  it('of a lost lease is not explained, rolled back or reported', async () => {
    const { on, verbs } = scripted({ kind: 'aborted' });
    expect(await upgrade(on, 'chart', 'v', [{ revision: 1, status: 'deployed' }], 'settle')).toEqual({
      ok: false,
      error: { kind: 'lost' },
    });
    expect(verbs()).toEqual(['upgrade']);
  });
});

describe('recovery', () => {
  it('uninstalls or rolls back as planned', async () => {
    const first = scripted(exit(0));
    expect(await recover(first.on, [{ revision: 1, status: 'pending-install' }])).toEqual({
      ok: true,
      value: 'uninstall',
    });
    const second = scripted(exit(0));
    const pending = [
      { revision: 1, status: 'deployed' },
      { revision: 2, status: 'pending-upgrade' },
    ];
    expect(await recover(second.on, pending)).toEqual({ ok: true, value: 'rollback' });
    expect([...first.verbs(), ...second.verbs()]).toEqual(['uninstall', 'rollback']);
    expect(await recover(scripted().on, [{ revision: 1, status: 'deployed' }])).toEqual({ ok: true, value: 'none' });
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
