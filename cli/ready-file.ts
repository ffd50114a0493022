/** What a platform of `npm start` left in DATA_DIR/ready.json, as far as it can be read. What is in it is its readers' to judge. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../src/lib/json.ts';

/** `json` is null where there is no such file, or no JSON in it. */
export async function readReadyFile(env: Record<string, string | undefined>): Promise<{ path: string; json: unknown }> {
  const path = join(env['DATA_DIR'] || '.data', 'ready.json');
  const text = await readFile(path, 'utf8').catch(() => null);
  return { path, json: text === null ? null : parseJson(text) };
}
