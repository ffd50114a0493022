/** People sign in at the platform's own issuer, in a browser and as programs, and are who the issuer says they are. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from '../../harness/platform.ts';
import { openBrowser, type Page } from './browser.ts';

const OWNER_ONLY = 0o600;
let platform: TestPlatform;
let issuer: string;
let password: string;
beforeAll(async () => {
  platform = await startPlatform();
  issuer = platform.ready.oidc_issuer ?? '';
  password = platform.ready.oidc_password ?? '';
});
afterAll(async () => {
  await platform.stop();
});

const api = (path: string) => new URL(path, platform.url);
const asAdmin = async (method: string, path: string, body?: unknown) => {
  const headers = { authorization: `Bearer ${platform.ready.admin_token}`, 'content-type': 'application/json' };
  const response = await fetch(api(path), { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return (await response.json()) as { items: Record<string, unknown>[] };
};

/** Signs in at the issuer's page. */
async function signIn(person: string, query = 'organisation=demo&return_to=/api-less', word = password) {
  const browser = openBrowser();
  const asked = await browser.go(api(`/api/sessions/oidc/start?${query}`));
  const done: Page = asked.text.includes('<form') ? await browser.submit(asked, { person, password: word }) : asked;
  const current = await browser.ask(api('/api/sessions/current'));
  const { session } = (await current.json()) as { session?: Record<string, unknown> };
  return { browser, asked, done, session };
}

const tokenOf = async (person: string, word = password) => {
  const authorization = `Basic ${Buffer.from(`${person}:${word}`).toString('base64')}`;
  const response = await fetch(new URL('/programs/token', issuer), { method: 'POST', headers: { authorization } });
  return { status: response.status, token: ((await response.json()) as { access_token?: string }).access_token ?? '' };
};

describe('the platform’s issuer', () => {
  it('is in the ready line, with the log saying how to sign in, and keeps its secrets to its owner', () => {
    expect(issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const log = platform.logs.join('\n');
    for (const said of [issuer, 'org-admin', '/api/sessions/oidc/start?organisation=demo', '?staff=true'])
      expect(log).toContain(said);
    expect(log.split('\n').filter((line) => line.includes(password) && !line.startsWith('ready '))).toEqual([]);
    for (const name of ['oidc.json', 'oidc.sqlite'])
      expect(statSync(join(platform.dataDir, name)).mode & 0o777).toBe(OWNER_ONLY);
  });

  it('answers to its own name only', async () => {
    const { port } = new URL(issuer);
    const other = await fetch(`http://localhost:${port}/.well-known/openid-configuration`).catch(() => null);
    expect(other === null || other.status === 421).toBe(true);
  });

  it('lets nobody in without the password', async () => {
    const { done, session } = await signIn('org-admin', undefined, 'wrong');
    expect(done.text).toContain('not the password');
    expect(session).toBeUndefined();
    expect((await tokenOf('org-admin', 'wrong')).status).toBe(401);
    expect((await tokenOf('nobody')).status).toBe(401);
  });
});

describe('in a browser', () => {
  it('org-admin comes back to where they were, signed in for the organisation', async () => {
    const { asked, done, session, browser } = await signIn(
      'org-admin',
      'organisation=demo&return_to=/organisation?q=1',
    );
    expect(asked.url.origin).toBe(issuer);
    expect(done.url.href).toBe(`${platform.url}/organisation?q=1`);
    expect(session).toMatchObject({
      kind: 'person',
      name: 'org-admin',
      organisation: { slug: 'demo', role: 'org-admin', namespaces: null },
    });
    expect((await browser.ask(api('/api/customers'))).status).toBe(403);
    const headers = { 'sec-fetch-site': 'same-origin' };
    expect((await browser.ask(api('/api/sessions'), { method: 'DELETE', headers })).status).toBe(204);
    expect((await browser.ask(api('/api/sessions/current'))).status).toBe(401);
  });

  it('project-user sees the first project of the organisation, once somebody has signed up into it', async () => {
    expect((await signIn('project-user')).session).toMatchObject({ organisation: { namespaces: [] } });
    const { items } = await asAdmin('GET', '/api/organisations');
    const organisation_id = items.find(({ slug }) => slug === 'demo')?.['organisation_id'];
    const body = { email: 'first@demo.example', company_name: 'First', organisation_id };
    await asAdmin('POST', '/api/customers', body);
    const projects = await asAdmin('GET', `/api/organisations/${organisation_id}/projects`);
    expect((await signIn('project-user')).session).toMatchObject({
      organisation: { role: 'project-user', namespaces: [projects.items[0]?.['namespace']] },
    });
  });

  it.each([
    ['guest', 'organisation=demo', '/sign-in?error=no_access&organisation=demo'],
    ['staff-owner', 'organisation=demo', '/sign-in?error=no_access&organisation=demo'],
    ['org-admin', 'staff=true', '/sign-in?error=no_access'],
  ])('%s has no role at %s', async (person, query, page) => {
    const { done, session } = await signIn(person, query);
    expect(`${done.url.pathname}${done.url.search}`).toBe(page);
    expect(session).toBeUndefined();
  });

  it.each(['owner', 'operator', 'viewer'])('staff-%s is an admin of that role', async (role) => {
    const { session, browser } = await signIn(`staff-${role}`, 'staff=true');
    expect(session).toMatchObject({ kind: 'admin', name: `oidc:staff-${role}@demo.example`, admin_role: role });
    expect((await browser.ask(api('/api/customers'))).status).toBe(200);
    expect((await browser.ask(api('/api/credentials'))).status).toBe(role === 'owner' ? 200 : 403);
  });

  it('a code is worth nothing in another browser, nor twice', async () => {
    const [mine, theirs] = [openBrowser(), openBrowser()];
    await theirs.go(api('/api/sessions/oidc/start?organisation=demo'));
    const page = await mine.go(api('/api/sessions/oidc/start?organisation=demo'));
    const begun = mine.jar.get('tenantry-sign-in') ?? '';
    let callback = await mine.ask(page.url, {
      method: 'POST',
      body: new URLSearchParams({ person: 'org-admin', password }),
    });
    while (!(callback.headers.get('location') ?? '').startsWith(platform.url))
      callback = await mine.ask(new URL(callback.headers.get('location') ?? '', issuer));
    const address = callback.headers.get('location') ?? '';
    expect((await theirs.go(address)).url.search).toContain('error=expired');
    expect((await mine.go(address)).url.pathname).toBe('/');
    expect((await mine.go(address)).url.search).toContain('error=expired');
    mine.jar.set('tenantry-sign-in', begun);
    expect((await mine.go(address)).url.search).toContain('error=failed');
  });
});

describe('as programs', () => {
  it('people send a token of the issuer', async () => {
    const who = async (person: string) => {
      const { token } = await tokenOf(person);
      const answer = await fetch(api('/api/sessions/current'), { headers: { authorization: `Bearer ${token}` } });
      return { status: answer.status, body: (await answer.json()) as { code?: string } };
    };
    expect(await who('guest')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await who('staff-owner')).toMatchObject({ status: 403 });
    const health = await fetch(api('/health'), {
      headers: { authorization: `Bearer ${(await tokenOf('org-admin')).token}` },
    });
    expect(health.status).toBe(200);
  });
});

describe('after a restart', () => {
  it('issuer, password and tokens are the same', async () => {
    const { token } = await tokenOf('org-admin');
    await platform.kill9();
    platform = await startPlatform({ dataDir: platform.dataDir });
    expect(platform.ready).toMatchObject({ oidc_issuer: issuer, oidc_password: password });
    const health = await fetch(api('/health'), { headers: { authorization: `Bearer ${token}` } });
    expect(health.status).toBe(200);
    expect((await signIn('org-admin')).session).toMatchObject({ kind: 'person' });
    const { items } = await asAdmin('GET', '/api/organisations');
    expect(items.filter(({ slug }) => slug === 'demo')).toHaveLength(1);
  });
});
