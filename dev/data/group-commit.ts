/**
 * One commit for everything that asks for one in the same turn of the event loop: a commit costs an fsync, and under
 * load dozens of requests share it. Nobody is answered before the commit that holds their change is on the disk.
 * It cannot undo one change of a group: when one throws, all of that turn are rolled back and all callers hear it.
 */
import type { DatabaseSync } from 'node:sqlite';

type Waiting = { work: () => unknown; resolve: (value: never) => void; reject: (reason: unknown) => void };

/** Runs `work` inside a transaction; resolves with its result after the commit. Rejects when anything of it failed. */
export type Commit = <T>(work: () => T) => Promise<T>;

export function groupCommit(db: DatabaseSync): Commit {
  let waiting: Waiting[] = [];

  const flush = () => {
    const group = waiting;
    waiting = [];
    const results: unknown[] = [];
    try {
      db.exec('BEGIN IMMEDIATE');
      for (const { work } of group) results.push(work());
      db.exec('COMMIT');
    } catch (error) {
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
      for (const { reject } of group) reject(error);
      return;
    }
    group.forEach(({ resolve }, index) => {
      resolve(results[index] as never);
    });
  };

  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push({ work, resolve, reject });
      if (waiting.length === 1) setImmediate(flush);
    });
}
