/** What the OpenAPI document says in words: whom a route admits, what its parameters are, and which chapter it is in. */
import { clusterId } from '../contracts/common.ts';
import type { Allow, MemberRole, Role } from '../contracts/route.ts';
import { type IdKind, idPattern } from '../lib/ids.ts';
import { inlined, type Json } from './openapi-schemas.ts';

/** A chapter and the paths that it has; the first that fits. */
const chapters: readonly { name: string; paths: RegExp; description: string }[] = [
  {
    name: 'Service',
    paths: /^\/(?:health|ready|api\/(?:openapi|docs)\b)/,
    description: 'Whether it runs, and this document.',
  },
  { name: 'Sessions', paths: /^\/api\/sessions\b/, description: 'Signing in and out.' },
  { name: 'Members', paths: /\/members\b/, description: 'Who may sign in for a customer.' },
  { name: 'Account keys', paths: /\/api-keys\b/, description: 'Keys of a customer.' },
  { name: 'Reporters', paths: /^\/api\/customers\/:\w+\/reporters\b/, description: 'Sources of usage.' },
  { name: 'Deployments', paths: /\/deployment\b/, description: 'What runs of a customer, and what should.' },
  { name: 'Customers', paths: /^\/api\/customers\b/, description: 'Signup, customers, their periods and agreements.' },
  {
    name: 'Organisations',
    paths: /^\/api\/(?:organisations|billing)\b/,
    description: 'Organisations and what they pay.',
  },
  {
    name: 'Licences',
    paths: /^\/(?:api\/licenses|\.well-known\/jwks)/,
    description: 'Licences and the keys that verify them.',
  },
  {
    name: 'Subscriptions',
    paths: /^\/api\/subscriptions\b/,
    description: 'What a customer buys at Stripe, changes and ends.',
  },
  {
    name: 'Invoices',
    paths: /^\/(?:api\/(?:invoices|billing-brake)\b|\.well-known\/statement-keys)/,
    description: 'What is billed, line by line, what holds it back, and the statements that prove it.',
  },
  {
    name: 'Cost',
    paths: /\/(?:cost|forecast|simulate)$|^\/api\/simulations\b/,
    description: 'What usage costs, will cost, or would cost.',
  },
  {
    name: 'Usage',
    paths: /^\/api\/(?:usage|dead-letters)\b/,
    description: 'Reports of usage, and what is stored of them.',
  },
  { name: 'Plans', paths: /^\/api\/plans\b/, description: 'What is sold.' },
  {
    name: 'Queue',
    paths: /^\/api\/(?:queue|outbox)\b/,
    description: 'Deployment jobs, and what must leave the system.',
  },
  {
    name: 'Stripe',
    paths: /^\/api\/(?:webhooks|drift|invariants)\b/,
    description: 'What Stripe tells us, what differs between us, and whether our ledger holds together.',
  },
  { name: 'Audit', paths: /^\/api\/audit\b/, description: 'Who did what.' },
  { name: 'Provisioner', paths: /^\/api\/provisioner\b/, description: 'The protocol of the program that deploys.' },
  {
    name: 'Credentials',
    paths: /^\/api\/(?:credentials|admin-tokens|clusters)\b/,
    description: 'Tokens, keys and clusters.',
  },
];
const others = { name: 'Others', description: 'Everything else.' };

/** The chapter of a path. */
export const chapterOf = (path: string): { name: string; description: string } =>
  chapters.find(({ paths }) => paths.test(path)) ?? others;

/** Chapters in their order, of those that are named. */
export const chaptersIn = (names: ReadonlySet<string>): { name: string; description: string }[] =>
  [...chapters, others].filter(({ name }) => names.has(name)).map(({ name, description }) => ({ name, description }));

/** The least role, and that those which include it may as well. */
const orMore = (role: Role | MemberRole): string => (role === 'owner' ? '`owner`' : `\`${role}\` or more`);

/** Whom a route admits, a sentence. */
export function admitted(allow: Allow): string {
  if (allow.public) return 'Anybody; a credential that comes with it must be a live one.';
  const who = [
    allow.account && `the customer (${orMore(allow.account)})`,
    allow.reporter && 'a reporter key',
    allow.cluster && 'a cluster key',
    allow.provisioner && 'a provisioner token',
    allow.person && 'somebody of an organisation',
    allow.admin && `an admin (${orMore(allow.admin)})`,
  ].filter((one) => typeof one === 'string');
  return `Who may: ${who.join(', ')}.`;
}

/** How a credential of the route may come; nothing is needed on a public one. */
export function securityOf(allow: Allow, schemes: ReadonlySet<string>): Record<string, never[]>[] {
  if (allow.public) return [];
  const ways = [
    'bearer',
    ...(allow.account || allow.reporter || allow.cluster ? ['apiKey'] : []),
    ...(allow.account || allow.person || allow.admin ? ['session'] : []),
  ];
  return ways.filter((way) => schemes.has(way)).map((way) => ({ [way]: [] }));
}

const ids: Readonly<Record<string, readonly [IdKind, string]>> = {
  customerId: ['customer', 'The customer.'],
  organisationId: ['organisation', 'The organisation.'],
  reporterId: ['reporter', 'The reporter.'],
  keyId: ['credential', 'The key’s id, which is not the key.'],
  credentialId: ['credential', 'The id of the key or token, which is not its secret.'],
  sessionId: ['session', 'The session.'],
  memberId: ['member', 'The member.'],
  jobId: ['job', 'The job.'],
  driftId: ['drift', 'The difference.'],
  invoiceId: ['invoice', 'The invoice.'],
  lineId: ['invoiceLine', 'The line, as `hold_id` names it.'],
  outboxId: ['outbox', 'The row.'],
  simulationId: ['simulation', 'The simulation.'],
};

/** A parameter of the path. */
export function pathParameter(name: string): Json {
  const [kind, description] = ids[name] ?? [];
  const schema = kind ? { type: 'string', pattern: idPattern(kind).source } : { type: 'string' };
  const own = name === 'clusterId' ? inlined(clusterId) : schema;
  return { name, in: 'path', required: true, description: description ?? `The ${name}.`, schema: own };
}
