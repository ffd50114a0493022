/**
 * The rows of deliveries, one an event, beside the events: a trigger makes them in the commit that has the event, so that none
 * is without one after kill -9. Decides nothing.
 */
import type { DatabaseSync } from 'node:sqlite';

const schema = `
  CREATE TABLE IF NOT EXISTS delivery (
    event_id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,       -- the event's
    type TEXT NOT NULL,
    first_at INTEGER NOT NULL,  -- ms, as all instants here
    next_at INTEGER,            -- null: answered, or given up
    attempts INTEGER NOT NULL,
    answered_at INTEGER,
    problem TEXT                -- of the last attempt that failed
  ) STRICT;
  CREATE INDEX IF NOT EXISTS delivery_next ON delivery (next_at) WHERE next_at IS NOT NULL;
`;

const follows = `
  CREATE TRIGGER IF NOT EXISTS event_is_delivered AFTER INSERT ON event BEGIN
    INSERT INTO delivery (event_id, seq, type, first_at, next_at, attempts)
    VALUES (NEW.id, NEW.seq, NEW.type, NEW.at, NEW.at, 0);
  END
`;
const followsNot = 'DROP TRIGGER IF EXISTS event_is_delivered';

export type Delivery = {
  event_id: string;
  seq: number;
  type: string;
  first_at: number;
  next_at: number | null;
  attempts: number;
  answered_at: number | null;
  problem: string | null;
};
/** What one attempt came to. */
export type Outcome = { event_id: string; next_at: number | null; answered_at: number | null; problem: string | null };

export type DeliveryStore = ReturnType<typeof openDeliveryStore>;

/** @param listened whether there is an endpoint: events of a time without one are never sent */
export function openDeliveryStore(db: DatabaseSync, listened: boolean) {
  db.exec(schema);
  db.exec(listened ? follows : followsNot);
  const due = db.prepare('SELECT * FROM delivery WHERE next_at <= ? ORDER BY next_at, seq');
  const next = db.prepare('SELECT next_at AS at FROM delivery WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1');
  const byEvent = db.prepare('SELECT * FROM delivery WHERE event_id = ?');
  const page = db.prepare('SELECT * FROM delivery WHERE (?1 = 0 OR next_at IS NOT NULL) ORDER BY seq DESC LIMIT ?2');
  const settle = db.prepare(
    `UPDATE delivery SET attempts = attempts + 1, next_at = ?2, answered_at = coalesce(answered_at, ?3), problem = ?4
     WHERE event_id = ?1`,
  );
  const again = db.prepare('UPDATE delivery SET next_at = ?2 WHERE event_id = ?1');
  const hasten = db.prepare('UPDATE delivery SET next_at = ?1 WHERE next_at > ?1');
  const rows = (found: unknown[]) => found as Delivery[];
  return {
    /** In the order in which they are to go out. */
    due: (until: number): Delivery[] => rows(due.all(until)),
    nextAt: (): number | null => (next.get() as { at: number } | undefined)?.at ?? null,
    byEvent: (eventId: string): Delivery | null => (byEvent.get(eventId) as Delivery | undefined) ?? null,
    /** Newest first. */
    page: (waitingOnly: boolean, limit: number): Delivery[] => rows(page.all(waitingOnly ? 1 : 0, limit)),
    /**
     * A commit of its own that does not wait for the disk, because there is one for each webhook: kill -9 loses none, and what a
     * power cut forgets is sent again.
     */
    settle({ event_id, next_at, answered_at, problem }: Outcome): void {
      db.exec('PRAGMA synchronous = NORMAL');
      try {
        settle.run(event_id, next_at, answered_at, problem);
      } finally {
        db.exec('PRAGMA synchronous = FULL');
      }
    },
    /** Sends it once more, answered or not. */
    again: (eventId: string, at: number): boolean => again.run(eventId, at).changes > 0,
    /** What waits for a later attempt goes out at `at`. */
    hasten: (at: number) => hasten.run(at),
  };
}
