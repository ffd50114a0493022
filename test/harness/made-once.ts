/** What takes long to make and is the same for several files of tests: the first that asks makes it, the others wait for it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';

const lookMs = 250;
const madeFile = 'made';
const failedFile = 'failed';

/** The first of all files of the run is who makes the folder. */
function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Once in a run.
 * @param make fills the folder
 * @returns the folder, in which nothing may be changed; throws for everybody where making it has failed
 */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(inject('runFolder'), name);
  if (isFirst(folder)) {
    try {
      await make(folder);
    } catch (error) {
      writeFileSync(join(folder, failedFile), String(error));
      throw error;
    }
    writeFileSync(join(folder, madeFile), '');
    return folder;
  }
  while (!existsSync(join(folder, madeFile))) {
    const failed = join(folder, failedFile);
    if (existsSync(failed)) throw new Error(`${name} could not be made: ${readFileSync(failed, 'utf8')}`);
    await sleep(lookMs);
  }
  return folder;
}
