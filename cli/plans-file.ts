/** The file of plans that a command reads. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { plansBodyBytesMax } from '../src/contracts/plan-catalogue.ts';
import { reasonOf } from '../src/lib/reason.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import type { Failure } from './failure.ts';

const defaultFile = 'plans.yaml';

/** Adds `[file]` to a command. */
export const takesFile = (command: Command): Command => command.argument('[file]', 'the file of plans', defaultFile);

/** The file's text. One that the API could not take is refused here, so that no 10 MB are sent to be told so. */
export async function readPlans(file: string): Promise<Result<string, Failure>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return err({ kind: 'failed', message: `${file} cannot be read: ${reasonOf(error)}` });
  }
  if (bytes.byteLength > plansBodyBytesMax) {
    return err({ kind: 'failed', message: `${file} is longer than any file of plans (${bytes.byteLength} bytes)` });
  }
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return err({ kind: 'failed', message: `${file} is not UTF-8 text` });
  }
}
