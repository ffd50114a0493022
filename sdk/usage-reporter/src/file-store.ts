/**
 * The journal as a file: lines are added and synced, and the file is made anew beside itself and renamed. One process has it
 * at a time. Keeps what the disk keeps: give it a folder that outlives the process, a volume in a container.
 */
import { appendFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { takeFolder } from './core/folder-lock.ts';
import type { Store } from './core/store.ts';

const name = 'journal';
const onlyOwner = 0o600;

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
/** After a kill, or a write that failed, the file may end within a line: what is added begins a new one. */
const addedText = (lines: readonly string[]): string => `\n${textOf(lines)}`;

/** @param folder made when it is not there; one for each reporter */
export function fileStore(folder: string): Store {
  const file = join(folder, name);
  let handle: FileHandle | null = null;
  let release: (() => Promise<void>) | null = null;

  const read = async (): Promise<string[]> => {
    const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return '';
      throw cause;
    });
    return text.split('\n').filter((line) => line !== '');
  };

  const opened = async (): Promise<FileHandle> => {
    handle ??= await open(file, 'a', onlyOwner);
    return handle;
  };

  return {
    open: async () => {
      await mkdir(folder, { recursive: true });
      release ??= await takeFolder(folder);
      return await read();
    },
    append: async (lines) => {
      const into = await opened();
      try {
        await into.appendFile(addedText(lines));
        await into.datasync();
      } catch (cause) {
        // A handle may be what has failed: a file system that was away gives none of its old ones back.
        handle = null;
        await into.close().catch(() => undefined);
        throw cause;
      }
    },
    rewrite: async (lines) => {
      const draft = `${file}.draft`;
      const into = await open(draft, 'w', onlyOwner);
      try {
        await into.writeFile(textOf(lines));
        await into.sync();
      } finally {
        await into.close();
      }
      await handle?.close();
      handle = null;
      await rename(draft, file);
      await syncFolder(folder);
    },
    appendNow: (lines) => appendFileSync(file, addedText(lines), { mode: onlyOwner }),
    close: async () => {
      await handle?.close();
      handle = null;
      await release?.();
      release = null;
    },
  };
}

/** Makes the rename durable. Windows cannot open a folder; there it is durable without. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
