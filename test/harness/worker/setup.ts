/** Sets the databases up for each file of tests that can reach them. */
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';

const { TEST_WITHOUT_DATABASE } = env as unknown as { TEST_WITHOUT_DATABASE: string[] };

if (!TEST_WITHOUT_DATABASE.includes(expect.getState().testPath ?? '')) await import('./database.ts');
