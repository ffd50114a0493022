/** Work inside a commit that others share: what it wrote is undone when it throws, and nothing of theirs. */
import type { DatabaseSync } from 'node:sqlite';

export function undoable<T>(db: DatabaseSync, work: () => T): T {
  db.exec('SAVEPOINT work');
  try {
    const result = work();
    db.exec('RELEASE work');
    return result;
  } catch (error) {
    db.exec('ROLLBACK TO work');
    db.exec('RELEASE work');
    throw error;
  }
}
