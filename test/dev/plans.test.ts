/** What `npm start` sells: the file that ships where nothing is published, and whatever was published after that. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publishAnswer } from '../../src/contracts/plan-catalogue.ts';
import { planList } from '../../src/contracts/plans.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tenantry-plans-'));
});
afterAll(() => rm(dataDir, { recursive: true }));

const published = ({ logs }: TestPlatform) => logs.filter((line) => line.includes('plans published'));
const sold = async ({ url }: TestPlatform) =>
  planList.parse(await (await fetch(`${url}/api/plans`)).json()).items.map(({ plan, version }) => `${plan} ${version}`);

it('is published once, and never over what an operator has published', async () => {
  const first = await startPlatform({ dataDir });
  try {
    expect(published(first)).toEqual([
      expect.stringContaining('plans published: starter 2026-11, professional 2026-11, enterprise 2026-11') as string,
    ]);
    const yaml = (await readFile('plans.yaml', 'utf8')).replace('version: "2026-11"', 'version: mine');
    const answer = await fetch(`${first.url}/api/plans/publish`, {
      method: 'POST',
      headers: { authorization: `Bearer ${first.ready.admin_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ yaml }),
    });
    expect(publishAnswer.parse(await answer.json()).versions).toHaveLength(3);
  } finally {
    await first.stop();
  }
  const second = await startPlatform({ dataDir });
  try {
    expect(published(second)).toEqual([]);
    expect(await sold(second)).toEqual(['starter mine', 'professional mine', 'enterprise mine']);
  } finally {
    await second.stop();
  }
});
