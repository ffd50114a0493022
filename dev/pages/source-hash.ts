/** What the pages are built of, as a hash: the same hash, the same pages. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of ui/ that are made by the build. */
const made = ['node_modules', 'dist', '.building'];
const shared = ['src/contracts', 'src/lib'];

const filesBelow = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** @param root the project's folder */
export function sourceHash(root: string): string {
  const parts = readdirSync(join(root, 'ui'), { withFileTypes: true })
    .filter(({ name }) => !made.includes(name))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(root, join('ui', entry.name)) : [join(root, 'ui', entry.name)],
    );
  const hash = createHash('sha256');
  for (const path of [...parts, ...shared.flatMap((folder) => filesBelow(root, folder))].sort()) {
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}
