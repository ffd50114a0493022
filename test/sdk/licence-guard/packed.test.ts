/** The guard as a customer installs it: from its packed tarball, offline, in JavaScript and in TypeScript. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installed, installPacked } from '../../harness/packed.ts';

const host = `
import { readKeys } from '@tenantry/licence-guard/keys';
import { verifyLicence } from '@tenantry/licence-guard/verify';
import { generateKeyPairSync } from 'node:crypto';
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = await readKeys({ pem: publicKey.export({ type: 'spki', format: 'pem' }) });
console.log(JSON.stringify(await verifyLicence('not a token', keys, { issuer: 'https://billing.example.com' })));
`;

const typed = `
import express from 'express';
import { Hono } from 'hono';
import { type GuardState, openGuard } from '@tenantry/licence-guard';
import { requireLimit as limitExpress } from '@tenantry/licence-guard/express';
import { fileStore } from '@tenantry/licence-guard/file-store';
import { requireFeature, requireLimit } from '@tenantry/licence-guard/hono';

const guard = await openGuard({ api: 'https://billing.example.com', customerId: 'c', apiKey: 'k', store: fileStore('licence.json') });
const state: GuardState = guard.state();
type Bound = { Bindings: { devices: number } };
const app = new Hono<Bound>();
app.get('/export', requireFeature(guard, 'canExportData'), (c) => c.json({ plan: state.plan }));
app.post('/keys', requireLimit<Bound>(guard, 'maxDevices', (c) => c.env.devices), (c) => c.text('made', 201));
express().post('/keys/:site', limitExpress(guard, 'maxDevices', async (request: express.Request) => request.params['site']?.length ?? 0), (_q, s) => void s.send());
// @ts-expect-error a limit is a number
const wrong: string = guard.limit('maxDevices');
export { app, wrong };
`;

const compilerOptions = { target: 'es2023', strict: true, noEmit: true, skipLibCheck: false, types: ['node'] };

describe('the packed guard', () => {
  let installed: Installed;
  beforeAll(async () => {
    installed = await installPacked('licence-guard', ['hono', 'express', '@types']);
  });
  afterAll(() => installed.remove());

  it('holds its code, its types and its README, and no source', () => {
    expect(installed.files.filter((file) => !/^dist\/[\w/-]+\.(?:js|d\.ts)$/.test(file))).toEqual([
      'README.md',
      'package.json',
    ]);
  });

  it('runs from plain JavaScript', async () => {
    installed.write('host.js', host);
    expect(JSON.parse(await installed.run('node', 'host.js'))).toEqual({ valid: false, code: 'malformed' });
  });

  it.each(['bundler', 'nodenext'])('is typed for hosts with Hono and Express (%s)', async (moduleResolution) => {
    installed.write('host.ts', typed);
    const module = moduleResolution === 'nodenext' ? 'nodenext' : 'esnext';
    installed.write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { ...compilerOptions, module, moduleResolution }, files: ['host.ts'] }),
    );
    await installed.run('tsc', '-p', '.');
  });
});
