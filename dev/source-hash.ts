/** What something is built of, as a hash: the same hash, the same build. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a folder. @param folder below `root` */
export const filesBelow = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** @param files below `root`; @param of what else the build depends on */
export function hashOf(root: string, files: readonly string[], of: readonly string[] = []): string {
  const hash = createHash('sha256');
  for (const word of of) hash.update(word).update('\0');
  for (const path of files.toSorted()) {
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}
