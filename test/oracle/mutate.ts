/** Makes a mutant: a copy of what pricing needs, beside the same packages, with one edit. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare } from './compare.ts';
import type { Mutant } from './mutants.ts';
import { type Bill, productOf } from './product.ts';
import { storyOf } from './stories.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const needed = ['lib', 'contracts', 'periods', 'pricing', 'usage'];

/** Loads the edited product and gives it to `use`; the copy is gone afterwards. @throws when the edit fits nowhere, or twice */
async function withMutant<T>({ name, file, text, instead }: Mutant, use: (bill: Bill) => T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-mutant-'));
  try {
    for (const part of needed) cpSync(join(root, 'src', part), join(folder, 'src', part), { recursive: true });
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const path = join(folder, 'src', file);
    const before = readFileSync(path, 'utf8');
    if (before.split(text).length !== 2) throw new Error(`the mutant "${name}" must find its text once in ${file}`);
    writeFileSync(
      path,
      before.replace(text, () => instead),
    );
    return use(await productOf(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The number of bills until the oracle sees the mutant, null when it has not after `bills`. */
export const billsUntilSeen = (mutant: Mutant, bills: number, firstSeed: number): Promise<number | null> =>
  withMutant(mutant, (bill) => {
    for (let i = 0; i < bills; i++) {
      if (compare(bill, storyOf(firstSeed + i)).differences.length > 0) return i + 1;
    }
    return null;
  });
