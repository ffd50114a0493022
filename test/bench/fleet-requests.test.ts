/** Who asks the API server how often, of the fleet's figure: a long audit log is several files, and all of them count. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { requestsIn } from '../../bench/support/fleet/cost.ts';

const asked = (userAgent: string, at: string) => `${JSON.stringify({ userAgent, requestReceivedTimestamp: at })}\n`;

it('the requests of a span are counted in each file of the audit log, by who asked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const earlier =
    asked('Helm/4.3.1', '2026-11-27T23:59:59.000000Z') + asked('Helm/4.3.1', '2026-11-28T00:00:01.000000Z');
  writeFileSync(join(folder, 'audit-2026-11-28T00-00-02.000.log'), earlier);
  const later =
    asked('Helm/4.3.1', '2026-11-28T00:00:03.000000Z') + asked('kwok/v0.8 (linux)', '2026-11-28T00:00:04.000000Z');
  writeFileSync(join(folder, 'audit.log'), later + asked('Helm/4.3.1', '2026-11-28T00:01:00.000000Z'));
  writeFileSync(join(folder, 'apiserver.log'), 'not of the audit\n');
  const counts = await requestsIn(folder, Date.parse('2026-11-28T00:00:00Z'), Date.parse('2026-11-28T00:00:30Z'));
  expect(counts).toEqual({ Helm: 2, kwok: 1 });
});
