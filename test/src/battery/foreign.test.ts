/**
 * Ids beside a customer's own: what exists with somebody else is answered like what does not exist, for every route that has such an id
 * in its path and lets in others than admins, who see everything.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../../src/app.ts';
import type { Grant } from '../../../src/sessions/session.ts';
import { asBrowser, sessionFor } from '../../harness/worker/browser.ts';
import { nameOf, urlOf } from './address.ts';
import { type Fixture, makeFixture } from './fixture.ts';
import { samples } from './samples.ts';

let f: Fixture;
const zeros = '0'.repeat(32);
const far = Number.MAX_SAFE_INTEGER;
/** Credentials of those who ask, as headers. */
const asked: Record<string, Record<string, string>> = {};
/** What exists with somebody else, by the word that the cases below have for it. */
const theirs: Record<string, string> = {};

const control = () => f.api.bindings['CONTROL'] as D1Database;
const change = (sql: string, ...bind: unknown[]) =>
  control()
    .prepare(sql)
    .bind(...bind)
    .run();
async function one(sql: string, ...bind: string[]): Promise<string> {
  const found = await control()
    .prepare(sql)
    .bind(...bind)
    .first<string>('v');
  if (found === null) throw new Error(`no row: ${sql}`);
  return found;
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const cookieOf = async (grant: Grant) => asBrowser((await sessionFor(f.api, grant)).secret);
const ownerOf = (customerId: string) => one('SELECT id v FROM members WHERE customer_id = ?', customerId);

beforeAll(async () => {
  f = await makeFixture();
  const otherOrganisation = await one('SELECT organisation_id v FROM customers WHERE id = ?', f.otherCustomerId);
  const person = { kind: 'person' as const, organisationId: f.organisationId, endsAt: far };
  const [mine, other] = [await ownerOf(f.customerId), await ownerOf(f.otherCustomerId)];
  asked['account'] = bearer(f.tokens.account);
  asked['member'] = await cookieOf({ kind: 'account', memberId: mine, method: 'link' });
  asked['operator'] = bearer(f.tokens.operator);
  asked['provisioner'] = bearer(f.tokens.provisioner);
  asked['person'] = bearer(f.tokens.person);
  asked['person with a session'] = await cookieOf({ ...person, subject: 'ada', namespaces: null });
  asked['person of some projects'] = await cookieOf({ ...person, subject: 'bob', namespaces: ['project-of-nobody'] });

  await cookieOf({ kind: 'account', memberId: other, method: 'link' });
  await change(
    `INSERT INTO invoices (id, customer_id, kind, period_start, period_end, state, rated_at, finalized_at, created_at, updated_at)
    VALUES (?, ?, 'cycle', 1, 2, 'paid', 1, 1, 1, 1)`,
    `inv_${'1'.repeat(32)}`,
    f.otherCustomerId,
  );
  const made = await f.api.call('POST', '/api/billing/keys', { token: f.otherPerson, body: {} });
  expect(made.status).toBe(201);
  await change(`INSERT INTO clusters (id, key_owner, token_owner, queue_binding, namespaces_max, services_max, storage_class, created_at)
    SELECT 'far', 'clu_far', 'prv_far', queue_binding, namespaces_max, services_max, storage_class, 1 FROM clusters`);
  // In another cluster, under the very lease that the samples name.
  await change("UPDATE deployments SET cluster_id = 'far' WHERE customer_id = ?", f.otherCustomerId);
  await change(
    `UPDATE jobs SET cluster_id = 'far', state = 'active', lease_id = ?, lease_until = ?, leased_generation = generation,
    leased_phase = 'running' WHERE customer_id = ?`,
    `lease_${zeros}`,
    far,
    f.otherCustomerId,
  );
  theirs['keyId'] = await one(
    "SELECT id v FROM credentials WHERE kind = 'account' AND owner_id = ?",
    f.otherCustomerId,
  );
  theirs['memberId'] = other;
  theirs['reporterId'] = await one('SELECT id v FROM reporters WHERE customer_id = ?', f.otherCustomerId);
  theirs['invoiceId'] = await one('SELECT id v FROM invoices WHERE customer_id = ?', f.otherCustomerId);
  theirs['sessionId'] = await one('SELECT id v FROM sessions WHERE owner = ?', other);
  theirs['organisationKeyId'] = await one(
    "SELECT id v FROM credentials WHERE kind = 'organisation' AND owner_id = ?",
    otherOrganisation,
  );
  theirs['namespace'] = await one('SELECT namespace v FROM projects WHERE customer_id = ?', f.otherCustomerId);
  theirs['jobId'] = await one('SELECT id v FROM jobs WHERE customer_id = ?', f.otherCustomerId);
  // To who may see other projects of their organisation alone.
  theirs['hiddenNamespace'] = f.namespace;
});

/** A route, who asks, the parameter and what it names with somebody else. */
type Case = [route: string, who: string, parameter: string, named: string];

const cases: Case[] = [
  ...['account', 'member', 'operator'].flatMap((who): Case[] => [
    ['DELETE /api/customers/:customerId/api-keys/:keyId', who, 'keyId', 'keyId'],
    ['POST /api/customers/:customerId/api-keys/:keyId/rotate', who, 'keyId', 'keyId'],
    ['DELETE /api/customers/:customerId/members/:memberId', who, 'memberId', 'memberId'],
  ]),
  ['POST /api/customers/:customerId/reporters/:reporterId/end', 'operator', 'reporterId', 'reporterId'],
  ...['account', 'member'].flatMap((who): Case[] => [
    ['GET /api/invoices/:invoiceId', who, 'invoiceId', 'invoiceId'],
    ['GET /api/invoices/:invoiceId/statement', who, 'invoiceId', 'invoiceId'],
  ]),
  ...['account', 'member', 'operator', 'person', 'person with a session'].map(
    (who): Case => ['DELETE /api/sessions/:sessionId', who, 'sessionId', 'sessionId'],
  ),
  ...['person', 'person with a session', 'person of some projects'].flatMap((who): Case[] => [
    ['DELETE /api/billing/keys/:keyId', who, 'keyId', 'organisationKeyId'],
    ['GET /api/billing/project/:namespace/overview', who, 'namespace', 'namespace'],
    ['PUT /api/billing/projects/:namespace/labels', who, 'namespace', 'namespace'],
  ]),
  ['GET /api/billing/project/:namespace/overview', 'person of some projects', 'namespace', 'hiddenNamespace'],
  ['PUT /api/billing/projects/:namespace/labels', 'person of some projects', 'namespace', 'hiddenNamespace'],
  ...['progress', 'logs', 'complete', 'fail'].map(
    (deed): Case => [`POST /api/provisioner/jobs/:jobId/${deed}`, 'provisioner', 'jobId', 'jobId'],
  ),
  ['PUT /api/provisioner/reporters/:reporterId', 'provisioner', 'reporterId', 'reporterId'],
];

/** An id of the same form that nobody has. */
const missing = (id: string): string =>
  /_[0-9a-f]{32}$/.test(id) ? id.replace(/[0-9a-f]{32}$/, zeros) : 'no-such-thing';

describe('what exists with somebody else is answered like what does not exist', () => {
  it.each(cases)('%s by %s (%s, %s)', async (route, who, parameter, named) => {
    const spec = endpoints.find((candidate) => nameOf(candidate) === route);
    if (!spec) throw new Error(`there is no ${route}`);
    const sample = samples[route] ?? {};
    const answerOf = async (id: string) => {
      const answer = await f.api.call(
        route.split(' ')[0] ?? '',
        urlOf(spec, { ...sample, query: '' }, f, { [parameter]: id }),
        {
          headers: asked[who] ?? {},
          ...(spec.body ? { body: sample.body?.(f) ?? {} } : {}),
        },
      );
      // Where an answer repeats what was asked, that is all that differs.
      const text = (await answer.text()).replaceAll(id, 'what was asked');
      const { success, error, code, message, details } = JSON.parse(text) as Record<string, unknown>;
      return { status: answer.status, success, error, code, message, details };
    };
    const id = theirs[named] ?? '';
    const [foreign, none] = [await answerOf(id), await answerOf(missing(id))];
    expect([403, 404, 409]).toContain(none.status);
    expect(foreign).toEqual(none);
  });

  it('is asked of every route that lets in others than admins', () => {
    const routes = endpoints
      .filter(
        ({ path, allow }) => /:(?!customerId)\w/.test(path) && Object.keys(allow).some((kind) => kind !== 'admin'),
      )
      .map(nameOf);
    for (const route of routes) expect(cases.map(([name]) => name)).toContain(route);
  });
});
