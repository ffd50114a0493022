/**
 * Whatever happens in whatever order to the meters of one customer (reports by keys that are remembered, deliveries early,
 * late and again, hand-overs, ends, activations, deaths at any call, letters sent again), nothing is billed twice, nothing
 * accepted is lost, and everything arrives.
 */
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { findPrincipal } from '../../../src/credentials/live-store.ts';
import { findWhole } from '../../../src/customers/store.ts';
import { openDb } from '../../../src/db/client.ts';
import { cryptoRandom, hex } from '../../../src/lib/ids.ts';
import { sha256Hex } from '../../../src/lib/keys.ts';
import { hourMs, iso } from '../../../src/lib/time.ts';
import { type NamedRow, nameRow, type UsageRow } from '../../../src/usage/message/row.ts';
import { quantities } from '../../../src/usage/meters.ts';
import type { Context } from '../../../src/workflows/deed.ts';
import { createReporter } from '../../../src/workflows/metering/create-reporter.ts';
import { endReporter } from '../../../src/workflows/metering/end-reporter.ts';
import { recordUsage } from '../../../src/workflows/metering/record-usage.ts';
import { registerReporterKey } from '../../../src/workflows/metering/register-reporter-key.ts';
import { replayLetter } from '../../../src/workflows/metering/replay-letter.ts';
import { storeUsage } from '../../../src/workflows/metering/store-usage.ts';
import { leaseJob } from '../../../src/workflows/provisioning/lease-job.ts';
import { ensureCluster, makeApi, signUp } from '../../harness/worker/api.ts';
import { done, makeContext } from '../../harness/worker/context.ts';
import { controlOf, ourProver, shardOf } from './harness.ts';
import { type Course, makeTurns, type Turn } from './turns.ts';

/** A second before the minute from which the deployment's own reporter can only begin an hour later. */
const begin = Date.parse('2026-11-20T12:54:59.000Z');
const noon = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const [control, shard] = [controlOf(api.bindings), shardOf(api.bindings)];
const fields = ['cpu_hours', 'http_requests', 'api_calls'] as const;
const meterNames = ['cpu_core_ms', 'ingress_requests', 'api_calls'] as const;

type Task =
  | { do: 'report'; who: number; end: number; chosen: boolean[]; seedForm: boolean }
  | { do: 'deliver'; from: number; forgotten: boolean }
  | { do: 'create'; takeOver: boolean; edge: number; chosen: boolean[] }
  | { do: 'end'; who: number; edge: number }
  | { do: 'activate' }
  | { do: 'replay'; place: number };
type Step = { do: 'go'; place: number } | { do: 'wait'; ms: number } | (Task & Course);

const is = <T extends string>(name: T) => fc.constant(name);
const death = fc.option(fc.record({ call: fc.integer({ min: 1, max: 8 }), done: fc.boolean() }), { freq: 4 });
const [who, end] = [fc.nat(2), fc.constantFrom(noon, noon, noon + hourMs)];
const edge = fc.constantFrom(noon - hourMs, noon - hourMs, noon);
const chosen = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
const report = (atOnce: boolean) =>
  fc.record({
    ...{ death: fc.constant(null), atOnce: fc.constant(atOnce) },
    ...{ do: is('report'), who, end, chosen, seedForm: fc.boolean() },
  });
const mortal = { death, atOnce: fc.constant(false) };
const deliver = fc.record({ ...mortal, do: is('deliver'), from: fc.nat(2), forgotten: fc.boolean() });
const create = fc.record({ ...mortal, do: is('create'), takeOver: fc.constantFrom(true, true, false), edge, chosen });
const task: fc.Arbitrary<Task & Course> = fc.oneof(
  { weight: 4, arbitrary: deliver },
  { weight: 4, arbitrary: create },
  { weight: 2, arbitrary: report(false) },
  { weight: 1, arbitrary: fc.record({ ...mortal, do: is('end'), who, edge }) },
  { weight: 1, arbitrary: fc.record({ ...mortal, do: is('activate') }) },
  { weight: 1, arbitrary: fc.record({ ...mortal, do: is('replay'), place: fc.nat(2) }) },
);
const wait = fc.record({ do: is('wait'), ms: fc.constantFrom(200, 950, hourMs) });
const go = fc.record({ do: is('go'), place: fc.nat(3) });

/** Reports that arrive, then tasks that meet, whose calls mix, then reports again. */
const round: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(report(true), { minLength: 1, maxLength: 2 }),
    fc.tuple(create, deliver),
    fc.array(task, { maxLength: 2 }),
    fc.array(fc.oneof({ weight: 20, arbitrary: go }, { weight: 1, arbitrary: wait }), {
      minLength: 10,
      maxLength: 30,
      size: 'max',
    }),
    fc.array(report(true), { maxLength: 2 }),
  )
  .map((parts) => parts.flat());

interface Known {
  id: string;
  instanceId: string;
  hash: string;
}

async function makeStory() {
  const made = await signUp(api);
  const customerId = made.customer.customer_id;
  const clock = { now: begin };
  const contextOf = (turn: Turn) =>
    makeContext({ control: turn.database(control), shards: [turn.database(shard)], now: clock.now });
  const customer = async (context: Context) => {
    const whole = await findWhole(context.db, customerId);
    if (!whole) throw new Error('the customer is gone');
    return whole;
  };
  const settings = { jobTimeoutMs: 10 ** 12 };
  const lease = await leaseJob(makeContext({ control, shards: [shard], now: clock.now, settings }), 'local');
  if (!lease || lease.customerId !== customerId) throw new Error('the customer has no job');
  const instance = await control
    .prepare('SELECT instance_id FROM reporters WHERE id = ?')
    .bind(lease.reporterId)
    .first<{ instance_id: string }>();
  const own: Known = { id: lease.reporterId, instanceId: instance?.instance_id ?? '', hash: hex(cryptoRandom(32)) };
  const reporters: Known[] = [own];
  const queue: unknown[] = [];
  const accepted: UsageRow[] = [];
  const turns = makeTurns();
  let [named, revision] = [0, begin - 10 ** 6];

  const queueOf = (turn: Turn) =>
    ({
      send: (body: unknown) => turn.call(async () => void queue.push(body)),
      sendBatch: (messages: Iterable<{ body: unknown }>) =>
        turn.call(async () => void queue.push(...[...messages].map((m) => m.body))),
    }) as unknown as Queue;

  async function report(turn: Turn, s: Extract<Task, { do: 'report' }>) {
    const now = clock.now;
    const reporter = reporters.at(-1 - (s.who % reporters.length));
    if (!reporter) return;
    // All of them come to one isolate, which remembers keys for a moment.
    const owner = reporter.id;
    const speaker = await turn.call(() =>
      findPrincipal(openDb(control), 'reporter', { owner, hash: reporter.hash }, now),
    );
    if (speaker?.kind !== 'reporter') return;
    revision = Math.max(revision + 1, s.seedForm ? 0 : Math.min(s.end, now + 5 * 60_000 - 1000));
    const values = Object.fromEntries(fields.filter((_, i) => s.chosen[i]).map((field) => [field, 1]));
    const item = {
      customer_id: customerId,
      instance_id: reporter.instanceId,
      revision,
      complete: false,
      ...(s.seedForm
        ? { timestamp: iso(Math.min(s.end, now + 5 * 60_000)) }
        : { timestamp: iso(s.end), window_start: iso(s.end - hourMs), window_end: iso(s.end) }),
      ...values,
    };
    const intake = { db: openDb(control), queue: queueOf(turn), prover: ourProver(env), now, log: () => {} };
    const recorded = await recordUsage(intake, speaker, [item]);
    if (recorded.ok) for (const j of recorded.value) if (j.ok) accepted.push(j.value.row);
  }

  async function deliver(turn: Turn, s: { from: number; forgotten: boolean }) {
    const bodies = queue.splice(s.from % Math.max(1, queue.length));
    const stores = {
      control: openDb(turn.database(control)),
      shards: [turn.database(shard)],
      prover: ourProver(env),
      now: clock.now,
      log: () => {},
    };
    const again = await storeUsage(stores, bodies);
    queue.push(...bodies.filter((_, i) => s.forgotten || again.has(i)));
  }

  async function create(turn: Turn, s: Extract<Task, { do: 'create' }>) {
    named += 1;
    const meters = meterNames.filter((_, i) => s.chosen[i]);
    const body = {
      instance_id: `next-${named}`,
      window_seconds: 3600 as const,
      active_from: iso(s.edge),
      take_over: s.takeOver,
      ...(meters.length > 0 ? { meters: [...meters] } : {}),
    };
    const outcome = await done(contextOf(turn), async (c) => await createReporter(c, await customer(c), body));
    if (!outcome.ok) return;
    const { id, instanceId, apiKey } = outcome.value;
    reporters.push({ id, instanceId, hash: await sha256Hex(apiKey) });
  }

  async function end(turn: Turn, s: Extract<Task, { do: 'end' }>) {
    const id = reporters.at(-1 - (s.who % reporters.length))?.id ?? '';
    await done(
      contextOf(turn),
      async (c) => await endReporter(c, await customer(c), { reporterId: id, until: s.edge }),
    );
  }

  async function activate(turn: Turn) {
    const input = { clusterId: 'local', reporterId: own.id, leaseId: lease?.leaseId ?? '', keyHash: own.hash };
    await done(contextOf(turn), (c) => registerReporterKey(c, input));
  }

  async function letters() {
    const { results } = await control
      .prepare('SELECT id, body, replayed_at FROM dead_letters WHERE customer_id = ? ORDER BY id')
      .bind(customerId)
      .all<{ id: string; body: string; replayed_at: number | null }>();
    return results.map((l) => ({ ...l, rows: (JSON.parse(l.body) as { rows: NamedRow[] }).rows }));
  }

  async function replay(turn: Turn, s: Extract<Task, { do: 'replay' }>) {
    const all = await letters();
    const letter = all[s.place % Math.max(1, all.length)];
    if (letter)
      await done(contextOf(turn), (c) =>
        replayLetter(c, { id: letter.id, queue: queueOf(turn), prover: ourProver(env) }),
      );
  }

  async function perform(turn: Turn, s: Task): Promise<void> {
    if (s.do === 'report') await report(turn, s);
    if (s.do === 'deliver') await deliver(turn, s);
    if (s.do === 'create') await create(turn, s);
    if (s.do === 'end') await end(turn, s);
    if (s.do === 'activate') await activate(turn);
    if (s.do === 'replay') await replay(turn, s);
  }

  async function run(s: Step): Promise<void> {
    if (s.do === 'go') await turns.goOn(s.place);
    else if (s.do === 'wait') clock.now += s.ms;
    else await turns.start(s, (turn) => perform(turn, s));
  }

  /** Everything that runs comes to its end, and what waits is delivered. @returns how many messages never arrive */
  async function settle(): Promise<number> {
    while (await turns.goOn(0));
    for (let round = 0; round < 4 && queue.length > 0; round++) {
      await turns.start({ death: null, atOnce: true }, (turn) => deliver(turn, { from: 0, forgotten: false }));
    }
    return queue.length;
  }

  async function read() {
    const { results: ownerships } = await control
      .prepare(
        `SELECT o.reporter_seq, o.meters, o.from_at, o.until_at FROM ownerships o JOIN projects p ON p.seq = o.project_seq
        WHERE p.customer_id = ?`,
      )
      .bind(customerId)
      .all<{ reporter_seq: number; meters: number; from_at: number; until_at: number | null }>();
    const seq = await control
      .prepare('SELECT seq FROM customers WHERE id = ?')
      .bind(customerId)
      .first<{ seq: number }>();
    const rowsOf = async (table: string) =>
      (await shard.prepare(`SELECT * FROM ${table} WHERE customer_seq = ?`).bind(seq?.seq).all<NamedRow>()).results;
    return { ownerships, windows: await rowsOf('windows'), reviews: await rowsOf('reviews'), letters: await letters() };
  }

  await run({ do: 'create', death: null, atOnce: true, takeOver: false, edge: noon - 6 * hourMs, chosen: [] });
  return { run, settle, read, accepted, faults: turns.faults };
}

beforeAll(async () => {
  await ensureCluster(api);
});

const windowOf = (row: NamedRow) => `${row['window_end']}/${row['reporter_seq']}/${row['project_seq']}`;

describe('the meters of one customer under any interleaving', () => {
  it('are billed once, by who owned them, and nothing that was accepted is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 2, size: 'max' }), async (rounds) => {
        const story = await makeStory();
        for (const s of rounds.flat()) await story.run(s);
        expect(await story.settle(), 'waits for ever').toBe(0);
        expect(story.faults).toEqual([]);
        const { ownerships, windows, reviews, letters } = await story.read();
        const owns = (reporter: unknown, end: number, bit: number) =>
          ownerships.some(
            (o) =>
              o.reporter_seq === reporter &&
              (o.meters & (1 << bit)) !== 0 &&
              o.from_at <= end - hourMs &&
              (o.until_at === null || end <= o.until_at),
          );
        const billed = new Set<string>();
        for (const row of windows) {
          for (const { column, bit } of quantities) {
            if (row[column] === null) continue;
            const name = `${row['window_end']}/${row['project_seq']}/${column}`;
            expect(billed, 'billed twice').not.toContain(name);
            billed.add(name);
            expect(owns(row['reporter_seq'], Number(row['window_end']), bit), `${name} has no owner`).toBe(true);
          }
        }
        const standing = new Map(windows.map((row) => [windowOf(row), row]));
        const open = letters.filter((l) => l.replayed_at === null).flatMap((l) => l.rows);
        for (const row of story.accepted.map(nameRow)) {
          const same = (other: NamedRow) => windowOf(other) === windowOf(row) && other['revision'] === row['revision'];
          const stands = standing.get(windowOf(row));
          const isStored = stands !== undefined && Number(stands['revision']) >= Number(row['revision']);
          expect(isStored || reviews.some(same) || open.some(same), 'lost').toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  }, 120_000);
});
