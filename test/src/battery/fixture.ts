/** The cast of the battery: one credential of every kind, a second tenant and revoked keys. */
import { env } from 'cloudflare:workers';
import type { JWTPayload } from 'jose';
import type { Allow } from '../../../src/contracts/route.ts';
import { cryptoRandom, newId } from '../../../src/lib/ids.ts';
import { newKey, sha256Hex } from '../../../src/lib/keys.ts';
import { type Api, ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { startIssuer, type TestIssuer, trust } from '../../harness/worker/issuer.ts';

export type Kind =
  | 'account'
  | 'reporter'
  | 'cluster'
  | 'provisioner'
  | 'person'
  | 'organisation'
  | 'viewer'
  | 'operator'
  | 'owner';

export interface Fixture {
  api: Api;
  customerId: string;
  otherCustomerId: string;
  victimId: string;
  jobId: string;
  reporterId: string;
  /** The customer's own namespace, a project of the organisation. */
  namespace: string;
  tokens: Record<Kind, string>;
  otherAccount: string;
  otherReporter: string;
  /** Somebody of another organisation, which has an issuer of its own. */
  otherPerson: string;
  /** People's tokens that open no door: of a guest (403), and those that nobody should believe (401). */
  guest: string;
  forgedPeople: string[];
  organisationId: string;
  /** Verifies a signup that waits for it. */
  verification: string;
  revoked: Record<'account' | 'reporter' | 'provisioner' | 'cluster' | 'organisation' | 'viewer', string>;
}

/** The slug of the customer's organisation. */
export const organisationSlug = 'battery';

const control = () => (env as unknown as { CONTROL: D1Database }).CONTROL;

/** A credential straight into the table: the battery asks what a route does with it, not how it came to be. */
async function credential(kind: string, owner: string, role: string | null = null, revoked = false): Promise<string> {
  const token = newKey(owner, cryptoRandom);
  await control()
    .prepare(
      'INSERT INTO credentials (id, kind, owner_id, hash, name, role, created_at, revoked_at) VALUES (?,?,?,?,?,?,?,?)',
    )
    .bind(newId('credential', cryptoRandom), kind, owner, await sha256Hex(token), owner, role, 1, revoked ? 2 : null)
    .run();
  return token;
}

async function one(sql: string, ...bind: string[]): Promise<string> {
  const row = await control()
    .prepare(sql)
    .bind(...bind)
    .first<{ v: string }>();
  if (!row) throw new Error(`no row: ${sql}`);
  return row.v;
}

/** An issuer that an organisation trusts, and its tokens for it. */
async function issuerOf(api: Api, organisationId: string, origin: string) {
  const slug = await one('SELECT slug v FROM organisations WHERE id = ?', organisationId);
  const issuer = await startIssuer(api, origin);
  const set = await trust(api, organisationId, { issuer: origin });
  if (set.status !== 200) throw new Error(await set.text());
  const claims = { aud: 'tenantry', org: slug };
  return {
    issuer,
    token: (more: JWTPayload) => issuer.token({ ...claims, ...more }),
    signedBy: (other: { issuer: TestIssuer }, more: JWTPayload) =>
      issuer.token({ ...claims, ...more }, {}, other.issuer.keys[0]),
  };
}

/** Signs up with an email that is to be verified; the secret of the mailed link. */
async function verificationOf(api: Api, email: string): Promise<string> {
  const mails: string[] = [];
  const EMAIL = { send: async ({ text }: { text: string }) => void mails.push(text) };
  const bindings = { SIGNUP_VERIFICATION: 'email', MAIL_FROM: 'mail@example.com', EMAIL };
  await api.call('POST', '/api/customers/signup', { body: { email, company_name: 'Waiting' }, bindings });
  const [, secret] = /#verify=([\w-]+)/.exec(mails[0] ?? '') ?? [];
  if (secret === undefined) throw new Error('no mail has a link');
  return secret;
}

export async function makeFixture(): Promise<Fixture> {
  const api = makeApi();
  const { provisionerToken, clusterKey } = await ensureCluster(api);
  const made = await signUp(api);
  const other = await signUp(api);
  const reporterOf = (customerId: string) => one('SELECT id v FROM reporters WHERE customer_id = ?', customerId);
  await control()
    .prepare('UPDATE organisations SET slug = ? WHERE id = (SELECT organisation_id FROM customers WHERE id = ?)')
    .bind(organisationSlug, made.customer.customer_id)
    .run();
  const reporterId = await reporterOf(made.customer.customer_id);
  const admin = () => newId('admin', cryptoRandom);
  const people = await issuerOf(api, made.customer.organisation_id, 'https://login.one.example');
  const others = await issuerOf(api, other.customer.organisation_id, 'https://login.other.example');
  const tokenOwner = await one("SELECT token_owner v FROM clusters WHERE id = 'local'");
  const organisationId = await one('SELECT organisation_id v FROM customers WHERE id = ?', made.customer.customer_id);
  const keyOwner = await one("SELECT key_owner v FROM clusters WHERE id = 'local'");
  return {
    api,
    customerId: made.customer.customer_id,
    otherCustomerId: other.customer.customer_id,
    victimId: (await signUp(api)).customer.customer_id,
    jobId: made.deployment.job_id ?? '',
    reporterId,
    namespace: await one('SELECT namespace v FROM projects WHERE customer_id = ?', made.customer.customer_id),
    tokens: {
      account: made.api_key,
      reporter: await credential('reporter', reporterId),
      cluster: clusterKey,
      provisioner: provisionerToken,
      person: await people.token({ groups: ['org-admin'] }),
      organisation: await credential('organisation', organisationId),
      viewer: await credential('admin', admin(), 'viewer'),
      operator: await credential('admin', admin(), 'operator'),
      owner: rootToken,
    },
    otherAccount: other.api_key,
    otherReporter: await credential('reporter', await reporterOf(other.customer.customer_id)),
    otherPerson: await others.token({ groups: ['org-admin'] }),
    guest: await people.token({ groups: ['guest'] }),
    forgedPeople: [
      await people.token({ groups: ['org-admin'], exp: 1 }),
      await people.token({ groups: ['org-admin'], aud: 'account' }),
      await people.signedBy(others, { groups: ['org-admin'] }),
      (await people.token({ groups: ['org-admin'] })).replace(/[^.]*$/, ''),
    ],
    organisationId: made.customer.organisation_id,
    verification: await verificationOf(api, 'waiting@example.com'),
    revoked: {
      account: await credential('account', made.customer.customer_id, null, true),
      reporter: await credential('reporter', reporterId, null, true),
      provisioner: await credential('provisioner', tokenOwner, null, true),
      cluster: await credential('cluster', keyOwner, null, true),
      organisation: await credential('organisation', organisationId, null, true),
      viewer: await credential('admin', admin(), 'owner', true),
    },
  };
}

const roleRank = { viewer: 0, operator: 1, owner: 2 } as const;

/** The kinds that a route's declaration lets in and keeps out. */
export function kindsOf(allow: Allow): { admitted: Kind[]; refused: Kind[] } {
  const all: Kind[] = [
    'account',
    'reporter',
    'cluster',
    'provisioner',
    'person',
    'organisation',
    'viewer',
    'operator',
    'owner',
  ];
  const admitted = all.filter((kind) => {
    if (kind === 'viewer' || kind === 'operator' || kind === 'owner') {
      return allow.admin !== undefined && roleRank[kind] >= roleRank[allow.admin];
    }
    return kind === 'account' ? allow.account !== undefined : allow[kind] === true;
  });
  return { admitted, refused: all.filter((kind) => !admitted.includes(kind)) };
}
