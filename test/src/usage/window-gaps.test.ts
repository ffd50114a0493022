/** What a report says was not seen: taken in bounds, stored beside its window, replaced with it, shown with the gaps. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { BatchAnswer, GapsAnswer } from '../../../src/contracts/usage.ts';
import { nameRow, readRowsMessage, rowsMessage } from '../../../src/usage/message/row.ts';
import { gapsCharsMax } from '../../../src/usage/window-gaps.ts';
import { makeApi } from '../../harness/worker/api.ts';
import { keysOf, provenMessages, rowWith, shardState } from './harness.ts';
import { deliver, drain, heldQueue, hourReport, metered } from './story.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');

async function story() {
  // The stack is expected to report since the signup.
  const api = makeApi(Date.parse('2026-11-20T08:00:00Z'));
  const held = heldQueue();
  const who = await metered(api, { activeFrom: '2026-11-20T08:00:00Z' });
  api.clock.now = now;
  const bindings = { USAGE_QUEUE: held.queue };
  const send = async (reports: unknown[]): Promise<BatchAnswer> => {
    const answer = await api.call('POST', '/api/usage/batch', { token: who.key, body: { reports }, bindings });
    await drain(api, held);
    return (await answer.json()) as BatchAnswer;
  };
  const gaps = async (): Promise<GapsAnswer['items']> => {
    const answer = await api.call('GET', `/api/usage/${who.customerId}/gaps?days=1`, { token: who.accountKey });
    return ((await answer.json()) as GapsAnswer).items;
  };
  const hour = (end: string, fields: Record<string, unknown>) =>
    hourReport(who.customerId, `2026-11-20T${end}:00Z`, { cpu_hours: 1, complete: false, gap_seconds: 600, ...fields });
  const { customerSeq } = await keysOf(env, who.customerId);
  const stored = async () => (await shardState(env)).windows.filter((w) => w['customer_seq'] === customerSeq);
  return { api, who, send, gaps, hour, stored };
}

const gap = (thing: string, from: string, to: string, over: Record<string, unknown> = {}) => ({
  field: 'cpu_hours',
  thing,
  reason: 'not_shown',
  from: `2026-11-20T${from}:00.000Z`,
  to: `2026-11-20T${to}:00.000Z`,
  seconds: (Date.parse(`2026-11-20T${to}:00Z`) - Date.parse(`2026-11-20T${from}:00Z`)) / 1000,
  ...over,
});

describe('what was not seen', () => {
  it('is shown with its gap: which meter, thing, seconds, longest first; a meter that was not seen at all has no thing', async () => {
    const { send, gaps, hour } = await story();
    await send([
      hour('09:00', { gaps: [gap('pod api-0', '08:10', '08:20'), gap('claim data', '08:00', '08:40')] }),
      hour('10:00', { gaps: [gap('pod api-0', '09:00', '09:55')], missing: ['http_requests'] }),
      hour('11:00', { complete: true, gap_seconds: 0 }),
      hour('12:00', { gaps: [gap('pod api-1', '11:00', '11:10', { field: 'memory_gb_hours' })] }),
    ]);
    expect(await gaps()).toMatchObject([
      {
        from: '2026-11-20T08:00:00.000Z',
        to: '2026-11-20T10:00:00.000Z',
        windows: 2,
        reason: 'partial',
        details: [
          {
            field: 'cpu_hours',
            thing: 'pod api-0',
            seconds: 3900,
            from: '2026-11-20T08:10:00.000Z',
            to: '2026-11-20T09:55:00.000Z',
          },
          { field: 'http_requests', thing: null, reason: 'missing', seconds: 3600, from: '2026-11-20T09:00:00.000Z' },
          { field: 'cpu_hours', thing: 'claim data', reason: 'not_shown', seconds: 2400 },
        ],
      },
      { reason: 'partial', details: [{ field: 'memory_gb_hours', thing: 'pod api-1', seconds: 600 }] },
    ]);
  });

  it('goes with its revision: a higher one replaces it, a lower one does not', async () => {
    const { send, gaps, hour } = await story();
    const revision = (n: number, fields: object) =>
      hour('12:00', { revision: Date.parse('2026-11-20T12:02:00Z') + n, ...fields });
    const things = async () =>
      (await gaps()).filter((g) => g.reason === 'partial').flatMap((g) => g.details.map((d) => d.thing));
    await send([revision(2, { gaps: [gap('pod a', '11:00', '11:10')] })]);
    await send([revision(1, { gaps: [gap('pod b', '11:00', '11:10')] })]);
    expect(await things()).toEqual(['pod a']);
    await send([revision(3, { gaps: [gap('pod c', '11:00', '11:10')] })]);
    expect(await things()).toEqual(['pod c']);
    await send([revision(4, {})]);
    expect(await things()).toEqual([]);
    await send([revision(5, { complete: true, gap_seconds: 0 })]);
    expect((await gaps()).map((g) => g.reason)).not.toContain('partial');
  });

  it('makes a window incomplete that calls itself complete, and is cut to its window', async () => {
    const { send, gaps, hour } = await story();
    await send([
      hour('12:00', { complete: true, gap_seconds: 0, gaps: [gap('pod a', '10:30', '12:15', { seconds: 6300 })] }),
    ]);
    expect((await gaps()).at(-1)).toMatchObject({
      reason: 'partial',
      details: [{ from: '2026-11-20T11:00:00.000Z', to: '2026-11-20T12:00:00.000Z', seconds: 3600 }],
    });
  });
});

describe('hostile entries', () => {
  it('are refused with their report when they are none or too large; the report beside it counts', async () => {
    const { send, hour } = await story();
    const one = gap('pod a', '11:00', '11:10');
    const cases: [string, unknown][] = [
      ['validation_failed', Array(21).fill(one)],
      ['validation_failed', 'pod a'],
      ['validation_failed', [null]],
      ['validation_failed', [{ ...one, thing: 'x'.repeat(201) }]],
      ['validation_failed', [{ ...one, thing: '' }]],
      ['validation_failed', [{ ...one, field: 7 }]],
      ['validation_failed', [{ ...one, reason: 'Not shown' }]],
      ['validation_failed', [{ ...one, from: 'noon' }]],
      ['validation_failed', [{ ...one, seconds: '600' }]],
      ['value_out_of_range', [{ ...one, seconds: -1 }]],
      ['value_out_of_range', [{ ...one, seconds: 86_401 }]],
      ['value_out_of_range', [{ ...one, from: one.to, to: one.from }]],
    ];
    const { results } = await send([
      ...cases.map(([, gaps]) => hour('12:00', { gaps })),
      hour('11:00', { gaps: [one] }),
    ]);
    expect(results.map(({ code }) => code)).toEqual([...cases.map(([code]) => code), undefined]);
    expect(results[0]).toMatchObject({ retryable: false, message: expect.stringMatching(/^gaps: /) });
  });

  it('of meters and keys that this version does not know are listed, and nothing is refused', async () => {
    const { send, gaps, hour } = await story();
    const entries = [
      gap('gpu 1', '11:00', '11:10', { field: 'gpu_hours', node: 'n1' }),
      gap('pod a', '11:00', '11:10'),
    ];
    const { results } = await send([hour('12:00', { gaps: entries })]);
    expect(results).toMatchObject([{ status: 'accepted', ignored: ['gaps.gpu_hours', 'gaps.node'] }]);
    expect((await gaps()).at(-1)?.details.map((d) => d.thing)).toEqual(['pod a']);
  });

  it('are one line of ASCII, and leave no more in the shard than a window may have', async () => {
    const { send, gaps, hour, stored } = await story();
    const forged = 'pod \u001b[31m\u202ea\nready {"url"}\u2028ä';
    await send([hour('11:00', { gaps: [gap(forged, '10:00', '10:10')] })]);
    expect((await gaps()).flatMap((g) => g.details).map((d) => d.thing)).toEqual(['pod  a ready {"url"} ?']);
    const large = Array.from({ length: 20 }, (_, i) =>
      gap('"'.repeat(199) + i.toString(36), '11:00', '11:10', { seconds: i }),
    );
    await send([hour('12:00', { gaps: large })]);
    const texts = (await stored()).map((w) => String(w['gaps']));
    expect(texts).toHaveLength(2);
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(gapsCharsMax);
    const shown = (await gaps()).flatMap((g) => g.details).filter((d) => d.thing?.startsWith('"'));
    // The longest have room.
    expect(shown.map((d) => d.seconds)).toEqual([19, 18, 17, 16]);
  });

  it('that no intake of ours let in are refused by the shard, and a dead letter holds them', async () => {
    const { api, who, stored } = await story();
    const row = rowWith(
      { cpu_hours: 1 },
      { ...(await keysOf(env, who.customerId)), windowEnd: Date.parse('2026-11-20T12:00:00Z') },
    );
    const flawed = { ...row, revision: now, acceptedAt: now, complete: false };
    for (const gaps of [JSON.stringify('x'.repeat(gapsCharsMax)), 'no JSON']) {
      await deliver(api, provenMessages(env, [{ ...flawed, gaps }]));
      expect(await stored()).toEqual([]);
    }
    const letter = { ...flawed, ownershipVersion: 0, gaps: '[[0,"not_shown","pod a",0,1,1]]' };
    expect(readRowsMessage(rowsMessage([nameRow(letter)]))).toEqual([letter]);
  });
});
