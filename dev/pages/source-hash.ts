/** What the pages are built of, as a hash: the same hash, the same pages. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, hashOf } from '../source-hash.ts';

/** Folders of ui/ that are made by the build. */
const made = ['node_modules', 'dist', '.building'];
/** What they share with the Worker; behind the first two is the check of a bill, which runs in the browser, too. */
const shared = [
  'src/contracts',
  'src/lib',
  'src/invoices',
  'src/periods',
  'src/pricing',
  'src/statements',
  'src/usage',
] as const;

/** Every file that the pages may be built of. @param root the project's folder */
export function sourceFiles(root: string): string[] {
  const parts = readdirSync(join(root, 'ui'), { withFileTypes: true })
    .filter(({ name }) => !made.includes(name))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(root, join('ui', entry.name)) : [join(root, 'ui', entry.name)],
    );
  return [...parts, ...shared.flatMap((folder) => filesBelow(root, folder))];
}

/** @param root the project's folder */
export const sourceHash = (root: string): string => hashOf(root, sourceFiles(root));
