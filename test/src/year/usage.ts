/** What everybody uses is made, sent as their reporters would, and kept as the oracle's windows: what is late and what is lost included. */
import { hourOf, type Person, withhold } from '../../../bench/support/year/person.ts';
import type { Raw } from '../../../bench/support/year/rating.ts';
import { hour, minute } from '../invoices/harness.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

interface Sent {
  person: Person;
  end: number;
  raw: Raw;
}

interface Run {
  from: number;
  to: number;
}

/** When each customer's stack was meant to run, by what the Worker has noted. */
async function runningTimes(world: World): Promise<Map<string, Run[]>> {
  const rows = await world.rows<{ id: string; at: number; phase: string }>(
    'SELECT customer_id AS id, effective_at AS at, phase FROM phase_changes ORDER BY customer_id, generation',
  );
  const runsOf = (changes: typeof rows): Run[] =>
    changes.map(({ at }, i) => ({ from: at, to: changes[i + 1]?.at ?? Number.POSITIVE_INFINITY }));
  return new Map(
    [...Map.groupBy(rows, ({ id }) => id)].map(([id, changes]) => [
      id,
      runsOf(changes).filter((_, i) => changes[i]?.phase === 'running'),
    ]),
  );
}

/** The hours since the last time in which the stack ran. */
function hoursOf(person: Person, runs: readonly Run[], until: number): number[] {
  const ends: number[] = [];
  for (let end = person.madeTo + hour; end <= until; end += hour) {
    if (runs.some((run) => run.from < end && end - hour < run.to)) ends.push(end);
  }
  person.madeTo = Math.max(until, person.madeTo);
  return ends;
}

/** What was withheld until now. */
function lateOf(person: Person, now: number): Sent[] {
  const due = person.withheld.filter(({ sendAt }) => sendAt !== null && sendAt <= now);
  person.withheld = person.withheld.filter((one) => !due.includes(one));
  const ends = due.flatMap((one) => one.ends);
  for (const end of ends) person.touched.add(end);
  return ends.map((end) => ({ person, end, raw: person.made.get(end) ?? {} }));
}

function newOf({ world, pace, shop, count }: Stage, person: Person, ends: readonly number[]): Sent[] {
  const held = withhold(person, ends, world.now, pace);
  if (held) person.withheld.push(held);
  if (held) count(held.sendAt === null ? 'hours lost' : 'hours sent late', held.ends.length);
  const made = ends.map((end) => ({ person, end, raw: hourOf(person, shop.published > 1) }));
  for (const { end, raw } of made) if (held?.ends.includes(end)) person.made.set(end, raw);
  return made.filter(({ end }) => !held?.ends.includes(end));
}

/** Makes and sends what everybody used since the last time. */
export async function use(stage: Stage): Promise<void> {
  const { world, known, count, problem } = stage;
  const until = Math.floor((world.now - 2 * minute) / hour) * hour;
  const runs = await runningTimes(world);
  const items = [...known.values()].flatMap((person) => [
    ...newOf(stage, person, hoursOf(person, runs.get(person.customerId) ?? [], until)),
    ...lateOf(person, world.now),
  ]);
  for (const refused of await world.report(items)) problem('reports', refused);
  for (const { person, end, raw } of items) person.account?.windows.set(end, raw);
  count('windows', items.length);
}
