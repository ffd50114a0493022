/** Keeps a guard's text in a file of its own. A kill at any moment leaves the old text or the new one. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { GuardStore } from './core/record.ts';

/** Nobody but the instance's own user reads the licence. */
const fileMode = 0o600;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', fileMode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** @param path the file; its folder is made. It has to outlive the process: a volume, not the container's own disk */
export function fileStore(path: string): GuardStore {
  const file = resolve(path);
  return {
    async read() {
      try {
        return await readFile(file, 'utf8');
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async write(text) {
      await mkdir(dirname(file), { recursive: true });
      // Processes that share the file do not share this one.
      const fresh = `${file}.${randomUUID()}`;
      try {
        await writeWhole(fresh, text);
        await rename(fresh, file);
      } catch (error) {
        await rm(fresh, { force: true });
        throw error;
      }
    },
  };
}
