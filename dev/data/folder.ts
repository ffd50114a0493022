/** The data folder: made, checked, locked for one platform at a time, emptied by --fresh. */
import { accessSync, constants, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PlatformError, reasonOf } from '../problem.ts';
import { stampVersion } from './version.ts';

/** What the platform keeps there; --fresh removes these and nothing else, whatever folder it is pointed at. */
const OURS = [
  'build',
  'clock.json',
  'demo.json',
  'exporters',
  'instance',
  'mail',
  'queue.sock',
  'queue.sqlite',
  'queue.sqlite-shm',
  'queue.sqlite-wal',
  'ready.json',
  'secrets.json',
  'simulated-cluster',
  'stripe.sqlite',
  'stripe.sqlite-shm',
  'stripe.sqlite-wal',
  'tmp',
  'version.json',
  'worker',
  'workerd.sh',
];

const OWNER_ONLY = 0o700;

/**
 * An exclusive lock that the system gives back whatever way the process ends: SQLite's on a file of its own. (A pid
 * file would outlive kill -9.)
 */
function lock(dataDir: string): () => void {
  const db = new DatabaseSync(join(dataDir, 'lock.sqlite'));
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch (error) {
    db.close();
    if (reasonOf(error).includes('locked')) {
      throw new PlatformError(`another platform is running on ${dataDir}: stop it, or set DATA_DIR to another folder`);
    }
    throw error;
  }
  return () => db.close();
}

/**
 * Makes the folder ours; returns what gives it back. Throws PlatformError when it cannot be used, a newer version has
 * used it, or something is in it though `emptyFor` (the argument that says so) demands that nothing is.
 */
export function openDataFolder(dataDir: string, fresh: boolean, emptyFor: string | null = null): () => void {
  let unlock: () => void;
  try {
    mkdirSync(dataDir, { recursive: true, mode: OWNER_ONLY });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    unlock = lock(dataDir);
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw new PlatformError(`the data folder ${dataDir} cannot be written: ${reasonOf(error)}`);
  }
  if (fresh) {
    for (const name of OURS) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
  try {
    if (emptyFor !== null && OURS.some((name) => existsSync(join(dataDir, name)))) {
      throw new PlatformError(
        `${emptyFor} needs an empty folder, and ${dataDir} has data: add --fresh to empty it, or set DATA_DIR to another folder`,
      );
    }
    stampVersion(dataDir);
  } catch (error) {
    unlock();
    throw error;
  }
  return unlock;
}
