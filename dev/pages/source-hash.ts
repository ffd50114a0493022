/** What the pages are built of, as a hash: the same hash, the same pages. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, hashOf } from '../source-hash.ts';

/** Folders of ui/ that are made by the build. */
const made = ['node_modules', 'dist', '.building'];
const shared = ['src/contracts', 'src/lib'];

/** @param root the project's folder */
export function sourceHash(root: string): string {
  const parts = readdirSync(join(root, 'ui'), { withFileTypes: true })
    .filter(({ name }) => !made.includes(name))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(root, join('ui', entry.name)) : [join(root, 'ui', entry.name)],
    );
  return hashOf(root, [...parts, ...shared.flatMap((folder) => filesBelow(root, folder))]);
}
