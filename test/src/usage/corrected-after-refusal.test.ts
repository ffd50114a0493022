/** A hand-over that never came about leaves the shard demanding a later ownership than there is: a correction counts up to it, as a report does. */
import { expect, it } from 'vitest';
import { rootToken } from '../../harness/worker/api.ts';
import { corrected } from './corrected.ts';

it('a take-over that was refused keeps nobody from correcting usage, though nothing is reported any more', async () => {
  const { api, who, correct, totals } = await corrected();
  const body = { instance_id: 'next', take_over: true, active_from: '2026-11-18T09:00:00Z' };
  const answer = await api.call('POST', `/api/customers/${who.customerId}/reporters`, { token: rootToken, body });
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([409, 'meter_owned']);
  await correct({ kind: 'replace', quantities: { cpu_hours: 3 } });
  expect(await totals()).toEqual({ cpu_hours: 3 });
});
