/** What many decisions about reviews move together: allowances are pooled, so it is no sum of what each moves by itself. */
import { expect, it } from 'vitest';
import { rootToken } from '../../harness/worker/api.ts';
import { at, corrected, now } from './corrected.ts';

interface Answer {
  together_cents: number | null;
  results: { id: string; status: string; delta_cents: number | null }[];
}

const ends = ['2026-11-18T11:00:00.000Z', '2026-11-18T12:00:00.000Z', '2026-11-18T13:00:00.000Z'];
const hourMs = 3_600_000;

/**
 * A customer whose three hours have 200 core-hours each, of which 336 are included in 14 days of Starter, and a report of each that waits:
 * they have less by far.
 */
async function waiting() {
  const story = await corrected();
  const { api, report, correct, reviews } = story;
  await correct({ kind: 'void' });
  for (const [i, end] of ends.entries()) {
    const hour = (i + 1) * hourMs;
    api.clock.now = at(hour + 60_000);
    await report({ revision: at(hour + 1_000), cpu_hours: 200 }, end);
    await report({ revision: at(hour + 2_000), cpu_hours: 40 }, end);
  }
  api.clock.now = now;
  const ids = new Map((await reviews()).map(({ window_end, review_id }) => [window_end, review_id]));
  const inOrder = ends.map((end) => ids.get(end) ?? '');
  const decide = async (chosen: readonly string[], decision: string, query = '') => {
    const body = { ids: chosen, decision, reason: 'looked at the pods' };
    const answer = await api.call('POST', `/api/usage/reviews/decide${query}`, { token: rootToken, body });
    expect(answer.status, await answer.clone().text()).toBe(200);
    return (await answer.json()) as Answer;
  };
  return { ...story, ids: inOrder, decide };
}

it('a preview of many says what they move together, which is what they then move, one by one and on the bill', async () => {
  const { ids, decide, reviews, cost } = await waiting();
  const before = await cost();
  const alone = (await reviews()).map(({ delta_cents }) => delta_cents ?? 0);
  expect(new Set(alone).size).toBe(1);

  const seen = await decide(ids, 'accept', '?preview=true');
  expect(await cost()).toBe(before);
  expect(await reviews()).toHaveLength(3);
  // The second comes below what is included, and the third moves nothing more.
  expect(seen.results.map(({ delta_cents }) => delta_cents)).toEqual([alone[0], expect.any(Number), 0]);
  expect(seen.together_cents).toBeGreaterThan(alone.reduce((sum, cents) => sum + cents, 0));

  const done = await decide(ids, 'accept');
  expect(done).toEqual(seen);
  expect((await cost()) - before).toBe(done.together_cents);
});

it('counts only those that are accepted: neither what is refused nor what is rejected', async () => {
  const { ids, decide } = await waiting();
  const [first = '', second = '', third = ''] = ids;
  const missing = `rvw_${'1'.repeat(32)}`;
  expect(await decide([first], 'reject')).toMatchObject({ together_cents: null, results: [{ delta_cents: null }] });
  const seen = await decide([missing, first, third, second], 'accept', '?preview=true');
  expect(seen.results.map(({ status }) => status)).toEqual(['refused', 'refused', 'accepted', 'accepted']);
  const [, , one, other] = seen.results.map(({ delta_cents }) => delta_cents ?? 0);
  expect(seen.together_cents).toBe((one ?? 0) + (other ?? 0));
  expect(await decide([missing, first, third, second], 'accept')).toEqual(seen);
});
