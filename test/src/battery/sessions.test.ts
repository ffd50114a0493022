/**
 * Every route that the app mounts, by the cookie of a session: each kind and role gets in where its key would, and nowhere
 * else; and no page of another site changes anything with it.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../../src/app.ts';
import type { Allow } from '../../../src/contracts/route.ts';
import { memberRoles, roles } from '../../../src/contracts/route.ts';
import { cryptoRandom, newId } from '../../../src/lib/ids.ts';
import { dayMs } from '../../../src/lib/time.ts';
import type { Grant } from '../../../src/sessions/session.ts';
import { asBrowser, cookieName, sessionFor, staffGrant } from '../../harness/worker/browser.ts';
import { nameOf, urlOf } from './address.ts';
import { type Fixture, makeFixture } from './fixture.ts';
import { samples } from './samples.ts';

let f: Fixture;
/** What each kind of session stands for, by `kind role`. */
const grants: Record<string, Grant> = {};

beforeAll(async () => {
  f = await makeFixture();
  for (const role of memberRoles) {
    const memberId = newId('member', cryptoRandom);
    await (f.api.bindings['CONTROL'] as D1Database)
      .prepare('INSERT INTO members (id, customer_id, email, role, created_at) VALUES (?, ?, ?, ?, 1)')
      .bind(memberId, f.customerId, `${role}@battery.test`, role)
      .run();
    grants[`member ${role}`] = { kind: 'account', memberId, method: 'link' };
  }
  const endsAt = Date.now() + dayMs;
  for (const role of roles) grants[`admin ${role}`] = staffGrant(f.api, { name: `${role}@staff.test`, role, endsAt });
  grants['person all'] = {
    kind: 'person',
    organisationId: f.organisationId,
    subject: 'ada',
    namespaces: null,
    endsAt,
  };
});

/** Whether the route's own words let that kind and role in. */
function isAdmitted(allow: Allow, who: string): boolean {
  const [kind, role = ''] = who.split(' ');
  if (allow.public) return true;
  const atLeast = (ranks: readonly string[], least: string | undefined) =>
    least !== undefined && ranks.indexOf(role) >= ranks.indexOf(least);
  if (kind === 'member') return atLeast(memberRoles, allow.account);
  if (kind === 'admin') return atLeast(roles, allow.admin);
  return allow.person === true;
}

const everybody = [
  ...memberRoles.map((role) => `member ${role}`),
  ...roles.map((role) => `admin ${role}`),
  'person all',
];

describe.each(endpoints.map((spec) => [nameOf(spec), spec] as const))('%s', (name, spec) => {
  /** A call with a body that is no JSON: whoever is let in is told so, and nothing is changed. */
  const send = (headers: Record<string, string>) =>
    f.api.call(spec.method.toUpperCase(), urlOf(spec, samples[name] ?? {}, f), {
      headers: { ...headers, 'content-type': 'text/plain' },
      ...(spec.body ? { raw: 'x' } : {}),
    });
  const outcome = async (headers: Record<string, string>) => {
    const response = await send(headers);
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const code = isJson ? ((await response.json()) as { code?: string }).code : '';
    return { status: response.status, code };
  };

  it('lets in by session whom it lets in by key', async () => {
    for (const who of everybody) {
      const { secret } = await sessionFor(f.api, grants[who] as Grant);
      const { status, code } = await outcome(asBrowser(secret));
      const refused = status === 401 || code === 'forbidden';
      expect([who, refused, status < 500]).toEqual([who, !isAdmitted(spec.allow, who), true]);
    }
  });

  if (spec.method !== 'get')
    it('changes nothing by a cookie that a page of another site has sent', async () => {
      const { secret } = await sessionFor(f.api, grants['admin owner'] as Grant);
      const cookie = `${cookieName}=${secret}`;
      const foreign: Record<string, string>[] = [
        {},
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.test' },
        { origin: 'null' },
      ];
      for (const headers of foreign) {
        expect(await outcome({ cookie, ...headers })).toEqual({ status: 403, code: 'cross_site' });
      }
      expect((await outcome({ cookie, origin: 'https://api.test' })).code).not.toBe('cross_site');
    });
});
