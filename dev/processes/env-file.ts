/**
 * Loaded before a program that is configured by environment (`node --import`, the scripts of package.json): variables of
 * the file `.env` in the working directory, where there is one (.env.example). What is set already stays as it is.
 */
import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const FILE = '.env';

if (isMainThread && existsSync(FILE)) process.loadEnvFile(FILE);
