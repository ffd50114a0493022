/**
 * Files of licence keys: read as a set, written so that only their owner reads them and none is ever written over. A message
 * of this file never carries key material.
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { err, type Result } from '../src/lib/result.ts';
import { done } from './command.ts';
import type { Failure } from './failure.ts';
import { type KeySet, readKeySet } from './licence-keys.ts';

const ownerOnly = 0o600;
const everybodyReads = 0o644;
const ownerOnlyFolder = 0o700;
const failed = (message: string) => err<Failure>({ kind: 'failed', message });
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown';

export async function readText(path: string): Promise<Result<string, Failure>> {
  try {
    return { ok: true, value: await readFile(path, 'utf8') };
  } catch (error) {
    return failed(`${path}: cannot be read (${codeOf(error)})`);
  }
}

/** The set in a file: LICENSE_PRIVATE_KEYS itself, or `secrets.json` of a platform of `npm start`. */
export async function readSetFrom(path: string): Promise<Result<KeySet, Failure>> {
  const text = await readText(path);
  if (!text.ok) return text;
  const set = readKeySet(text.value);
  return set.ok ? set : failed(`${path}: ${set.error}`);
}

/** Creates the file or fails: `wx` refuses one that is there, so that no key is ever lost by writing over it. */
export async function writeNew(
  path: string,
  text: string,
  { isPublic = false }: { isPublic?: boolean } = {},
): Promise<Result<void, Failure>> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: ownerOnlyFolder });
    const file = await open(path, 'wx', isPublic ? everybodyReads : ownerOnly);
    try {
      await file.writeFile(`${text.trimEnd()}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return done;
  } catch (error) {
    const code = codeOf(error);
    return failed(
      code === 'EEXIST' ? `${path} is there already; nothing was written` : `${path}: cannot be written (${code})`,
    );
  }
}
