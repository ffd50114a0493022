/** Makes one move of lifecycle.ts: the object in its new state is kept, and the move's events are emitted. */
import type { Context } from './context.ts';
import { refuse } from './errors.ts';
import { type By, lifecycle, type Moving } from './lifecycle.ts';
import type { Kinds } from './objects/kinds.ts';
import type { Wire } from './wire.ts';
import { rendered } from './wires.ts';

const byMove = new Map(lifecycle.map((row) => [`${row.object} ${row.from} ${row.by}`, row]));
const transitionOf = (object: string, from: string, by: string) => byMove.get(`${object} ${from} ${by}`);

/** Whether the table has the move. */
export const canMove = <K extends Moving>(kind: K, from: Kinds[K]['status'], by: By<K>): boolean =>
  transitionOf(kind, from, by) !== undefined;

/** The fields that differ, as they were. */
export function differences(before: Wire, after: Wire): Record<string, unknown> {
  const fields = Object.entries(before).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(after, name)),
  );
  const added = Object.keys(after).filter((name) => !(name in before));
  return Object.fromEntries([...fields, ...added.map((name) => [name, null])]);
}

const words = (kind: string) => kind.replace(/[._]/g, ' ');

/** Refuses with Stripe's words what the table does not have. */
function rowOf(kind: Moving, from: string, by: string) {
  return (
    transitionOf(kind, from, by) ?? refuse(`This ${words(kind)} is ${from}: it can't be ${by.replaceAll('_', ' ')}.`)
  );
}

/** Begins an object's life. `object` has the status in which the table has it begin, or this is a mistake of ours. */
export function begin<K extends Moving>(context: Context, kind: K, object: Kinds[K], by: By<K>): Kinds[K] {
  const { to, emits } = rowOf(kind, 'new', by);
  if (to !== object.status) throw new Error(`${kind} begins as ${to} by ${by}, not as ${object.status}`);
  context.store.put(kind, object);
  context.store.addMove({ at: context.now, kind, object: object.id, from: 'new', by, to });
  for (const type of emits) context.emit(type, rendered(context, kind, object));
  return object;
}

/**
 * The object after the move, with what else changes. Throws Refusal for a move that is not in the table.
 * @param before as it is kept now
 */
export function move<K extends Moving>(
  context: Context,
  kind: K,
  before: Kinds[K],
  by: By<K>,
  changes: Partial<Kinds[K]> = {},
): Kinds[K] {
  const { to, emits } = rowOf(kind, before.status, by);
  const earlier = rendered(context, kind, context.store.get(kind, before.id) ?? before);
  const after = { ...before, ...changes, status: to } as Kinds[K];
  if (to === 'gone') context.store.remove(before.id);
  else context.store.put(kind, after);
  context.store.addMove({ at: context.now, kind, object: before.id, from: before.status, by, to });
  const wire = to === 'gone' ? earlier : rendered(context, kind, after);
  for (const type of emits) {
    context.emit(type, wire, type.endsWith('.updated') ? differences(earlier, wire) : undefined);
  }
  return after;
}
