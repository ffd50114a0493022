/** The platform's own issuer goes by the platform's clock, which may be moved: its tokens last as long there as they say. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_CLIENT } from '../../../dev/oidc/people.ts';
import { startOidc } from '../../../dev/oidc/server.ts';
import { openBrowser } from './browser.ts';

const redirectUri = 'http://127.0.0.1:9/back';
const hourS = 3600;
const dataDir = mkdtempSync(join(tmpdir(), 'oidc-clock-'));
let aheadS = 0;
const nowS = () => Math.floor(Date.now() / 1000) + aheadS;
let oidc: Awaited<ReturnType<typeof startOidc>>;
beforeAll(async () => {
  const now = () => Date.now() + aheadS * 1000;
  oidc = await startOidc({ dataDir, port: undefined, redirectUri, firstProject: async () => null, now }, () => {});
});
afterAll(async () => {
  await oidc.close();
  rmSync(dataDir, { recursive: true });
});

async function programToken() {
  const authorization = `Basic ${Buffer.from(`org-admin:${oidc.secrets.password}`).toString('base64')}`;
  const answer = await fetch(`${oidc.issuer}/programs/token`, { method: 'POST', headers: { authorization } });
  return decodeJwt(((await answer.json()) as { access_token: string }).access_token);
}

/** The ID token of a whole sign-in. */
async function idToken() {
  const { ask } = openBrowser();
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: DEMO_CLIENT,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  let url = new URL(`${oidc.issuer}/auth?${query}`);
  while (!url.href.startsWith(redirectUri)) {
    const form = url.pathname.startsWith('/sign-in/');
    const body = new URLSearchParams({ person: 'org-admin', password: oidc.secrets.password });
    const answer = await ask(url, form ? { method: 'POST', body } : {});
    url = new URL(answer.headers.get('location') ?? 'missing:', url);
  }
  const authorization = `Basic ${Buffer.from(`${DEMO_CLIENT}:${oidc.secrets.client_secret}`).toString('base64')}`;
  const exchanged = await fetch(`${oidc.issuer}/token`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: url.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  });
  return decodeJwt(((await exchanged.json()) as { id_token: string }).id_token);
}

it.each([
  ['the machine’s', 0],
  ['60 days ahead', 60 * 24 * hourS],
])('tokens under a clock that is %s last an hour and a working day by it', async (_, ahead) => {
  aheadS = ahead;
  const forPrograms = await programToken();
  expect(Math.abs((forPrograms.exp ?? 0) - nowS() - hourS)).toBeLessThan(30);
  expect(Math.abs((forPrograms.iat ?? 0) - nowS())).toBeLessThan(30);
  expect(Math.abs(((await idToken()).exp ?? 0) - nowS() - 8 * hourS)).toBeLessThan(30);
});

it('tokens under a clock that is behind are valid by it and by the machine’s', async () => {
  aheadS = -60 * 24 * hourS;
  expect(Math.abs(((await programToken()).exp ?? 0) - nowS() - hourS)).toBeLessThan(30);
  expect((await idToken()).exp).toBeGreaterThan(Date.now() / 1000 + 7 * hourS);
});
