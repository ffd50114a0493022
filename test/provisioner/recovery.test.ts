/** What happens to a release that a killed helm left behind, for every history that Helm can leave. */

import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lastDeployed,
  parseHistory,
  pendingRevision,
  planRecovery,
  type Revision,
} from '../../provisioner/recovery.ts';
import { markFailed } from '../../provisioner/unlock.ts';

const history = (...statuses: string[]): Revision[] => statuses.map((status, i) => ({ revision: i + 1, status }));

describe('recovering a release', () => {
  it.each([
    ['nothing there', history(), { kind: 'none' }],
    ['runs', history('deployed'), { kind: 'none' }],
    ['runs after upgrades', history('superseded', 'superseded', 'deployed'), { kind: 'none' }],
    ['a failed first install may be upgraded', history('failed'), { kind: 'none' }],
    ['a failed upgrade may be upgraded', history('deployed', 'failed'), { kind: 'none' }],
    ['killed in the first install', history('pending-install'), { kind: 'uninstall' }],
    ['killed in the upgrade of a failed install', history('failed', 'pending-upgrade'), { kind: 'uninstall' }],
    ['killed in an upgrade', history('deployed', 'pending-upgrade'), { kind: 'rollback', to: 1 }],
    [
      'killed in an upgrade after a failed one',
      history('superseded', 'deployed', 'failed', 'pending-upgrade'),
      { kind: 'rollback', to: 2 },
    ],
    [
      'killed in a roll-back',
      history('superseded', 'deployed', 'failed', 'pending-rollback'),
      { kind: 'rollback', to: 2 },
    ],
    [
      'killed where the roll-back had begun to retire',
      history('superseded', 'superseded', 'pending-rollback'),
      { kind: 'rollback', to: 2 },
    ],
    ['killed in an uninstall', history('superseded', 'uninstalling'), { kind: 'uninstall' }],
    ['an old pending one is no news', history('pending-upgrade', 'deployed'), { kind: 'none' }],
  ])('%s', (_name, revisions, plan) => {
    expect(planRecovery(revisions)).toEqual(plan);
  });

  const status = fc.constantFrom(
    'deployed',
    'superseded',
    'failed',
    'pending-install',
    'pending-upgrade',
    'pending-rollback',
    'uninstalling',
  );

  it('goes back only to what ran, and uninstalls a pending release only when nothing ever did', () => {
    fc.assert(
      fc.property(fc.array(status, { maxLength: 10 }), (statuses) => {
        const revisions = history(...statuses);
        const plan = planRecovery(revisions);
        const ran = revisions.filter((r) => r.status === 'deployed' || r.status === 'superseded');
        if (plan.kind === 'rollback') expect(ran.map((r) => r.revision)).toContain(plan.to);
        if (plan.kind === 'uninstall' && statuses.at(-1) !== 'uninstalling') expect(ran).toEqual([]);
        if (plan.kind === 'none') expect(statuses.at(-1) ?? '').not.toMatch(/^pending|^uninstalling/);
      }),
    );
  });

  it('does not depend on the order in which revisions are listed', () => {
    fc.assert(
      fc.property(fc.array(status, { minLength: 1, maxLength: 8 }), (statuses) => {
        const revisions = history(...statuses);
        expect(planRecovery([...revisions].reverse())).toEqual(planRecovery(revisions));
      }),
    );
  });
});

describe('reading a history', () => {
  it('takes helm’s own JSON and ignores what it does not know', () => {
    const text =
      '[{"revision":1,"updated":"2026-11-21T03:50:28.86Z","status":"deployed","chart":"customer-instance-0.1.0","app_version":"","description":"Install complete"}]';
    expect(parseHistory(text)).toEqual({ ok: true, value: [{ revision: 1, status: 'deployed' }] });
  });

  it.each(['', 'Error: boom', '{}', '[{"revision":"1"}]', '[{"revision":1,"status":"depl'])('refuses %j', (text) => {
    expect(parseHistory(text).ok).toBe(false);
  });

  it('knows what last ran', () => {
    expect(lastDeployed(history('superseded', 'deployed', 'failed'))).toBe(2);
    expect(lastDeployed(history('failed'))).toBeNull();
  });
});

it('knows a revision that was left half-done, by the newest alone', () => {
  expect(pendingRevision(history('deployed', 'pending-upgrade'))).toBe(2);
  expect(pendingRevision(history('pending-install'))).toBe(1);
  expect(pendingRevision(history('pending-upgrade', 'deployed'))).toBeNull();
  expect(pendingRevision(history('superseded', 'uninstalling'))).toBeNull();
  expect(pendingRevision([])).toBeNull();
});

it('unlocks a revision as Helm stores it, and keeps all else of it', () => {
  const release = { name: 'c1', version: 2, info: { status: 'pending-upgrade', notes: 'ä' }, manifest: 'kind: X' };
  const store = (value: unknown) =>
    Buffer.from(gzipSync(JSON.stringify(value)).toString('base64'), 'latin1').toString('base64');
  const read = (data: string): unknown =>
    JSON.parse(gunzipSync(Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64')).toString('utf8'));
  expect(read(markFailed(store(release)))).toEqual({
    ...release,
    info: { status: 'failed', notes: 'ä', description: 'Helm was killed in the middle of it' },
  });
  expect(() => markFailed(store({ name: 'c1' }))).toThrow();
  expect(() => markFailed('')).toThrow();
});
