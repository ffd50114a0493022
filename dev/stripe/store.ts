/**
 * The stand-in's rows: objects of every kind, what time brings, and events. Opens no transaction; the caller's commit does.
 * Kept answers and deliveries are the edge's tables in the same file.
 */
import type { StatementSync } from 'node:sqlite';
import { openDurable } from '../data/sqlite.ts';
import { type Kind, type Kinds, lookupsOf } from './objects/kinds.ts';
import type { Span } from './parameters.ts';
import type { EventBody } from './wire.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,  -- s
    customer TEXT,
    parent TEXT,               -- the object that it belongs to
    key TEXT,                  -- what else it is looked up by: an email, a lookup key, a code
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS object_customer ON object (kind, customer);
  CREATE INDEX IF NOT EXISTS object_parent ON object (kind, parent);
  CREATE INDEX IF NOT EXISTS object_key ON object (kind, key);
  CREATE TABLE IF NOT EXISTS due (
    at INTEGER NOT NULL,       -- ms
    what TEXT NOT NULL,
    object TEXT NOT NULL,
    PRIMARY KEY (what, object)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS due_at ON due (at);
  CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    created INTEGER NOT NULL,  -- s
    at INTEGER NOT NULL,       -- ms
    object TEXT,               -- the id of what it is about
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS event_object ON event (object, type);
  CREATE INDEX IF NOT EXISTS event_created ON event (created);
  CREATE TABLE IF NOT EXISTS move (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,       -- ms
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    from_status TEXT NOT NULL,
    by TEXT NOT NULL,
    to_status TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
`;

/** Which objects of a kind; newest first. `after` and `before` are ids of the same kind. */
export type Query = {
  customer?: string | undefined;
  parent?: string | undefined;
  key?: string | undefined;
  created?: Span | undefined;
  after?: string | undefined;
  before?: string | undefined;
  limit?: number | undefined;
};
export type Due = { at: number; what: string; object: string };
export type EventQuery = {
  types?: readonly string[] | undefined;
  sinceMs: number;
  created?: Span | undefined;
  after?: string | undefined;
  before?: string | undefined;
  limit: number;
};
export type Moved = { at: number; kind: string; object: string; from: string; by: string; to: string };
export type Store = ReturnType<typeof openStripeStore>;

const span = ({ gt, gte, lt, lte }: Span = {}) => ({
  from: Math.max(gte ?? 0, gt === undefined ? 0 : gt + 1),
  to: Math.min(lte ?? Number.MAX_SAFE_INTEGER, lt === undefined ? Number.MAX_SAFE_INTEGER : lt - 1),
});
/** `before` turns the order round, so that the nearest ones come; they are turned back after that. */
const pageOf = (table: string) => `
  ((?5 IS NULL OR seq < (SELECT seq FROM ${table} WHERE id = ?5)) AND (?6 IS NULL OR seq > (SELECT seq FROM ${table} WHERE id = ?6)))
  AND created BETWEEN ?7 AND ?8
  ORDER BY CASE WHEN ?6 IS NULL THEN -seq ELSE seq END LIMIT ?9`;

export function openStripeStore(path: string) {
  const db = openDurable(path, SCHEMA);
  const insert = db.prepare(
    'INSERT INTO object (id, kind, created, customer, parent, key, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare('UPDATE object SET customer = ?, parent = ?, key = ?, body = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM object WHERE id = ?');
  const byId = db.prepare('SELECT kind, body FROM object WHERE id = ?');
  const lists = new Map<string, StatementSync>();
  /** One statement for each set of columns that is asked for, so that each has its index. */
  const listBy = (columns: string): StatementSync => {
    const known = lists.get(columns);
    if (known !== undefined) return known;
    const asked = ['customer', 'parent', 'key'].map((column, index) =>
      columns.includes(column) ? `${column} = ?${index + 2}` : `?${index + 2} IS NULL`,
    );
    const made = db.prepare(
      `SELECT body FROM object WHERE kind = ?1 AND ${asked.join(' AND ')} AND ${pageOf('object')}`,
    );
    lists.set(columns, made);
    return made;
  };
  const setDue = db.prepare('INSERT OR REPLACE INTO due (at, what, object) VALUES (?, ?, ?)');
  const clearDue = db.prepare('DELETE FROM due WHERE what = ? AND object = ?');
  const clearAllDue = db.prepare('DELETE FROM due WHERE object = ?');
  const nextDue = db.prepare('SELECT at FROM due ORDER BY at LIMIT 1');
  const firstDue = db.prepare('SELECT at, what, object FROM due WHERE at <= ? ORDER BY at, rowid LIMIT 1');
  const dueOf = db.prepare('SELECT at FROM due WHERE what = ? AND object = ?');
  const addEvent = db.prepare('INSERT INTO event (id, type, created, at, object, body) VALUES (?, ?, ?, ?, ?, ?)');
  const eventById = db.prepare('SELECT body FROM event WHERE id = ? AND at >= ?');
  const eventAbout = db.prepare('SELECT id FROM event WHERE object = ? AND type = ? ORDER BY seq LIMIT 1');
  const addMove = db.prepare(
    'INSERT INTO move (at, kind, object, from_status, by, to_status) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const setting = db.prepare('SELECT value FROM setting WHERE name = ?');
  const set = db.prepare('INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)');
  const listEvents = db.prepare(
    `SELECT body FROM event WHERE ?1 = ?1 AND ?2 = ?2 AND at >= ?3
     AND (?4 IS NULL OR type IN (SELECT value FROM json_each(?4))) AND ${pageOf('event')}`,
  );
  const bodyOf = (row: unknown) => JSON.parse((row as { body: string }).body) as never;

  return {
    db,
    /** Writes it, new or changed. */
    put<K extends Kind>(kind: K, object: Kinds[K]): void {
      const { customer, parent, key } = lookupsOf(kind, object);
      const body = JSON.stringify(object);
      if (update.run(customer, parent, key, body, object.id).changes === 0) {
        insert.run(object.id, kind, object.created, customer, parent, key, body);
      }
    },
    get<K extends Kind>(kind: K, id: string): Kinds[K] | null {
      const row = byId.get(id) as { kind: string; body: string } | undefined;
      return row?.kind === kind ? bodyOf(row) : null;
    },
    kindOf: (id: string): Kind | null => (byId.get(id) as { kind: Kind } | undefined)?.kind ?? null,
    remove: (id: string) => remove.run(id),
    list<K extends Kind>(kind: K, query: Query = {}): Kinds[K][] {
      const { from, to } = span(query.created);
      const { customer = null, parent = null, key = null, after = null, before = null } = query;
      const columns = Object.entries({ customer, parent, key }).filter(([, value]) => value !== null);
      const list = listBy(columns.map(([column]) => column).join());
      const rows = list.all(kind, customer, parent, key, after, before, from, to, query.limit ?? -1).map(bodyOf);
      return before === null ? rows : rows.toReversed();
    },
    /** One object has one instant for each `what`. */
    setDue: (what: string, object: string, at: number) => setDue.run(at, what, object),
    clearDue: (what: string, object: string) => clearDue.run(what, object),
    clearAllDue: (object: string) => clearAllDue.run(object),
    dueAt: (what: string, object: string) => (dueOf.get(what, object) as { at: number } | undefined)?.at ?? null,
    nextDueAt: () => (nextDue.get() as { at: number } | undefined)?.at ?? null,
    firstDue: (until: number) => (firstDue.get(until) as Due | undefined) ?? null,
    addEvent: (event: EventBody, at: number) =>
      addEvent.run(event.id, event.type, event.created, at, event.data.object.id ?? null, JSON.stringify(event)),
    /** The id of the first event of that type about an object. */
    eventAbout: (type: string, object: string) =>
      (eventAbout.get(object, type) as { id: string } | undefined)?.id ?? null,
    /** The history of what has a status, for whoever looks into the file. */
    addMove: ({ at, kind, object, from, by, to }: Moved) => addMove.run(at, kind, object, from, by, to),
    /** What the account is set to do, where its dashboard has a choice. */
    setting: (name: string) => (setting.get(name) as { value: string } | undefined)?.value ?? null,
    set: (name: string, value: string) => set.run(name, value),
    event: (id: string, sinceMs: number): EventBody | null => {
      const row = eventById.get(id, sinceMs);
      return row === undefined ? null : bodyOf(row);
    },
    /** Newest first. */
    events({ types, sinceMs, created, limit, ...query }: EventQuery): EventBody[] {
      const { from, to } = span(created);
      const [after, before] = [query.after ?? null, query.before ?? null];
      const kinds = types === undefined ? null : JSON.stringify(types);
      const rows = listEvents.all(0, 0, sinceMs, kinds, after, before, from, to, limit).map(bodyOf);
      return before === null ? rows : rows.toReversed();
    },
    close: () => db.close(),
  };
}
