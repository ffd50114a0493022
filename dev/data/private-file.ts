/** Small JSON files that only their owner may read. A write that is cut off leaves the old file. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

const OWNER_READS_AND_WRITES = 0o600;

/** Writes beside the target, to the disk, then renames: after kill -9 there is the old file or the new one. */
export function writePrivateJson(path: string, value: unknown): void {
  const next = `${path}.next`;
  const file = openSync(next, 'w', OWNER_READS_AND_WRITES);
  try {
    writeSync(file, `${JSON.stringify(value, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
}

/** The file's JSON, or null when there is none. Throws when it is not JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
