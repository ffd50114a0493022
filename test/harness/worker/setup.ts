/** Sets the databases up for each file of tests that can reach them. */
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';

const { TEST_WITHOUT_DATABASE } = env as unknown as { TEST_WITHOUT_DATABASE: string[] };

/** By a name that the runner does not follow: it sends all that a file may import, the whole Worker, before it is asked. */
const database = './database.ts';

if (!TEST_WITHOUT_DATABASE.includes(expect.getState().testPath ?? '')) await import(/* @vite-ignore */ database);
