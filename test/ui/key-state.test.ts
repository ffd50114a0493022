/** What an account key is worth, as its list says it. */
import { expect, it } from 'vitest';
import { keyStateOf } from '../../ui/src/portal/key-state.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const before = '2026-11-20T11:59:59.999Z';
const after = '2026-11-21T12:00:00.000Z';
const later = '2026-12-01T00:00:00.000Z';

it.each([
  [null, null, { kind: 'works' }],
  [before, null, { kind: 'expired' }],
  [null, before, { kind: 'revoked' }],
  [before, before, { kind: 'revoked' }],
  [null, after, { kind: 'works_until', at: after }],
  [after, later, { kind: 'works_until', at: after }],
  [later, after, { kind: 'works_until', at: after }],
])('a key that expires at %s and is revoked at %s', (expires_at, revoked_at, state) => {
  expect(keyStateOf({ expires_at, revoked_at }, now)).toEqual(state);
});
