/** The guard as a customer installs it: from its packed tarball, offline, in JavaScript and in TypeScript. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installed, installPacked } from '../../harness/packed.ts';
import { claims, customerId, issuer, newKey, signAs, startMs } from './issuer.ts';

/** One host of each kind; prints what they answer with a licence, forged and then good, over two starts. */
const host = `
import { readFileSync } from 'node:fs';
import express from 'express';
import { Hono } from 'hono';
import { openGuard } from '@tenantry/licence-guard';
import * as forExpress from '@tenantry/licence-guard/express';
import { fileStore } from '@tenantry/licence-guard/file-store';
import { requireLimit } from '@tenantry/licence-guard/hono';
import { readKeys } from '@tenantry/licence-guard/keys';
import { verifyLicence } from '@tenantry/licence-guard/verify';

const { issuer, customerId, pem, good, forged } = JSON.parse(readFileSync('given.json', 'utf8'));
const options = { api: issuer, customerId, keys: { pem }, store: fileStore('data/licence.json'), now: () => ${startMs} };
const refused = await openGuard({ ...options, licence: forged });
await openGuard({ ...options, licence: good });
const guard = await openGuard(options);

const app = new Hono().post('/keys', requireLimit(guard, 'maxDevices', () => 50), (c) => c.text('made', 201));
const server = express().get('/brand', forExpress.requireFeature(guard, 'hasCustomBranding'), (_q, s) => void s.send()).listen(0);
const branded = await fetch('http://127.0.0.1:' + server.address().port + '/brand');
server.close();
console.log(JSON.stringify({
  forged: refused.state().code,
  kept: guard.state().code,
  hono: (await app.request('/keys', { method: 'POST' })).status,
  express: branded.status,
  verdict: (await verifyLicence(good, await readKeys({ pem }), { issuer, now: ${startMs} })).code,
}));
`;

const typed = `
import express from 'express';
import { Hono } from 'hono';
import { type GuardOptions, type GuardState, openGuard } from '@tenantry/licence-guard';
import { requireLimit as limitExpress } from '@tenantry/licence-guard/express';
import { fileStore } from '@tenantry/licence-guard/file-store';
import { requireFeature, requireLimit } from '@tenantry/licence-guard/hono';

const options: GuardOptions = { api: 'https://billing.example.com', customerId: 'c', apiKey: 'k', store: fileStore('licence.json') };
const guard = await openGuard(options);
const state: GuardState = guard.state();
type Bound = { Bindings: { devices: number } };
const app = new Hono<Bound>();
app.get('/export', requireFeature(guard, 'canExportData'), (c) => c.json({ plan: state.plan }));
app.get('/brand', requireFeature<Bound>((c) => (c.env.devices > 0 ? guard : openGuard(options)), 'hasCustomBranding'), (c) => c.text(''));
app.post('/keys', requireLimit<Bound>(guard, 'maxDevices', (c) => c.env.devices), (c) => c.text('made', 201));
express().post('/keys/:site', limitExpress(guard, 'maxDevices', async (request: express.Request) => request.params['site']?.length ?? 0), (_q, s) => void s.send());
// @ts-expect-error a limit is a number
const wrong: string = guard.limit('maxDevices');
export { app, wrong };
`;

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
    const [ours, theirs] = await Promise.all([newKey(), newKey()]);
    const [good, forged] = await Promise.all([signAs(ours, claims), signAs(theirs, claims, { kid: ours.kid })]);
    installed.write('given.json', JSON.stringify({ issuer, customerId, pem: ours.pem, good, forged }));
    installed.write('host.js', host);
    expect(JSON.parse(await installed.run('node', 'host.js'))).toEqual({
      forged: 'bad_signature',
      kept: 'valid',
      hono: 403,
      express: 403,
      verdict: 'valid',
    });
  });

  it.each(['bundler', 'nodenext'])('is typed for hosts with Hono and Express (%s)', async (moduleResolution) => {
    await installed.compile(typed, moduleResolution);
  });
});
