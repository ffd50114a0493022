/** The version of this checkout. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** As package.json has it, e.g. `0.1.0`. */
export const ownVersion = (): string =>
  z.object({ version: z.string() }).parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')))
    .version;
