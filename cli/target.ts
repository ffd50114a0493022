/**
 * Which API a command speaks to and as whom: BILLING_API_URL and ADMIN_API_TOKEN, else what the embedded platform left in
 * DATA_DIR/ready.json (contract: Ready line). The file's token is only ever sent to the file's own address: a forgotten
 * ADMIN_API_TOKEN must not hand the local owner's token to another host.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readyLine } from '../src/contracts/ready.ts';
import { isConfidential, plainHttpFaults, plainHttpMeaning, withoutSlash } from '../src/lib/base-url.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { boolean, byDefault, optional, readVariables, secret, text, url } from '../src/lib/variables.ts';
import type { Failure } from './failure.ts';

export const cliVariables = {
  BILLING_API_URL: optional(url, "the API's address"),
  ADMIN_API_TOKEN: optional(secret(), "an admin's token; what its role does not allow is refused by the API"),
  DATA_DIR: byDefault('.data', text(), 'where `npm start` left `ready.json`'),
  ALLOW_PLAIN_HTTP: byDefault('false', boolean, plainHttpMeaning),
};

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
  const read = readVariables(cliVariables, env, (values) =>
    plainHttpFaults(values, { BILLING_API_URL: ['ADMIN_API_TOKEN'] }),
  );
  if (!read.ok) return usage(read.error.join('\n'));
  const { BILLING_API_URL: givenUrl, ADMIN_API_TOKEN: givenToken } = read.value;
  if (givenUrl !== undefined && givenToken !== undefined) return ok({ url: withoutSlash(givenUrl), token: givenToken });

  const path = join(read.value.DATA_DIR, 'ready.json');
  const ready = await readReady(path);
  if (ready === 'unreadable')
    return usage(`${path} is there, but this user cannot read it: who started the platform can`);
  if (ready === 'damaged') return usage(`${path} is not a ready line: start the platform again with npm start`);
  if (ready !== null && !isConfidential(ready.url) && !read.value.ALLOW_PLAIN_HTTP) {
    return usage(`${path} names ${ready.url}, where a token could be read on the way; ALLOW_PLAIN_HTTP=true allows it`);
  }
  if (givenUrl === undefined) {
    if (ready === null) {
      return usage(`no API to speak to: run npm start (it writes ${path}), or set BILLING_API_URL and ADMIN_API_TOKEN`);
    }
    return ok({ url: withoutSlash(ready.url), token: givenToken ?? ready.admin_token });
  }
  if (ready === null || new URL(ready.url).origin !== new URL(givenUrl).origin) {
    return usage(`ADMIN_API_TOKEN is required for ${givenUrl}`);
  }
  return ok({ url: withoutSlash(givenUrl), token: ready.admin_token });
}
