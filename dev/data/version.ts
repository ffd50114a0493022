/**
 * Which version's data a folder holds. DATA_FORMAT rises when something in the folder changes so that an older version
 * would read it wrongly; databases have their migrations beside that (worker/migrate.ts).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PlatformError } from '../problem.ts';
import { readJson, writePrivateJson } from './private-file.ts';

const DATA_FORMAT = 1;

const schema = z.object({ format: z.number(), tenantry: z.string() });

const thisVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** The sentence that ends every refusal of data that a newer version has used. */
export const useNewer = (dataDir: string): string =>
  `${dataDir} was used by a newer version than this one (${thisVersion()}): start that one, or set DATA_DIR to another folder`;

/**
 * Stamps the folder with this version. Throws PlatformError, having changed nothing, when a newer format is in it.
 * A folder without a stamp is an older version's.
 */
export function stampVersion(dataDir: string): void {
  const path = join(dataDir, 'version.json');
  const own = { format: DATA_FORMAT, tenantry: thisVersion() };
  let kept: unknown;
  try {
    kept = readJson(path);
  } catch (error) {
    throw new PlatformError(`${path} cannot be read: ${(error as Error).message}`);
  }
  if (kept !== null) {
    const read = schema.safeParse(kept);
    if (!read.success) throw new PlatformError(`${path} is not a version: restore it, or start over with --fresh`);
    const { format, tenantry } = read.data;
    if (format > DATA_FORMAT) {
      throw new PlatformError(`data format ${format} of tenantry ${tenantry} is not known here: ${useNewer(dataDir)}`);
    }
  }
  if (JSON.stringify(kept) !== JSON.stringify(own)) writePrivateJson(path, own);
}
