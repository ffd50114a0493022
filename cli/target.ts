/**
 * Which API a command speaks to and as whom: BILLING_API_URL and ADMIN_API_TOKEN, else what the embedded platform left in
 * DATA_DIR/ready.json (contract: Ready line). The file's token is only ever sent to the file's own address: a forgotten
 * ADMIN_API_TOKEN must not hand the local owner's token to another host.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readyLine } from '../src/contracts/ready.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import type { Failure } from './failure.ts';

export interface Target {
  /** Origin and base path, without a slash at the end. */
  url: string;
  token: string;
}

const found = readyLine.pick({ url: true, admin_token: true });
const usage = (message: string) => err<Failure>({ kind: 'usage', message });

async function readReady(
  path: string,
): Promise<{ url: string; admin_token: string } | null | 'unreadable' | 'damaged'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return ['ENOENT', 'ENOTDIR'].includes(code) ? null : 'unreadable';
  }
  try {
    return found.parse(JSON.parse(text));
  } catch {
    return 'damaged';
  }
}

/** Finds the target. Every failure is one line that says what to set. */
export async function findTarget(env: Record<string, string | undefined>): Promise<Result<Target, Failure>> {
  const givenUrl = env['BILLING_API_URL'] || null;
  const givenToken = env['ADMIN_API_TOKEN'] || null;
  if (givenUrl !== null && !isHttp(givenUrl)) return usage('BILLING_API_URL: must be an http or https URL');
  if (givenToken !== null && !/^[\x21-\x7e]+$/.test(givenToken)) {
    return usage('ADMIN_API_TOKEN: must be printable ASCII without spaces');
  }
  if (givenUrl !== null && givenToken !== null) return ok({ url: trimmed(givenUrl), token: givenToken });

  const path = join(env['DATA_DIR'] || '.data', 'ready.json');
  const ready = await readReady(path);
  if (ready === 'unreadable')
    return usage(`${path} is there, but this user cannot read it: who started the platform can`);
  if (ready === 'damaged') return usage(`${path} is not a ready line: start the platform again with npm start`);
  if (givenUrl === null) {
    if (ready === null) {
      return usage(`no API to speak to: run npm start (it writes ${path}), or set BILLING_API_URL and ADMIN_API_TOKEN`);
    }
    return ok({ url: trimmed(ready.url), token: givenToken ?? ready.admin_token });
  }
  if (ready === null || new URL(ready.url).origin !== new URL(givenUrl).origin) {
    return usage(`ADMIN_API_TOKEN: is required for ${givenUrl}`);
  }
  return ok({ url: trimmed(givenUrl), token: ready.admin_token });
}

const isHttp = (text: string): boolean => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '');
const trimmed = (url: string): string => url.replace(/\/+$/, '');
