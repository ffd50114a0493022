/**
 * The Secrets that the chart names: the licence (replaced by every job), the passwords (made once, kept for ever) and the key of
 * each reporter (made here, so that the API never has more than its hash). Their contents go nowhere else.
 */
import type { V1Secret } from '@kubernetes/client-node';
import type { ChartValues, DriftEntry } from '../src/contracts/jobs.ts';
import { hex, type Random } from '../src/lib/ids.ts';
import { newKey, parseKey } from '../src/lib/keys.ts';
import { ok, type Result } from '../src/lib/result.ts';
import type { Database } from './claims.ts';
import { type Failure, failed } from './failure.ts';
import { call, type Kube, kubeFailure } from './kube.ts';
import { ownLabels, type Place } from './place.ts';
import type { Reporter } from './reporters.ts';

/** Names and keys that charts/customer-instance refers to. */
const licence = { name: 'instance-licence', key: 'license' };
const postgres = { name: 'instance-postgres', key: 'password' };
/**
 * Passwords of the other parts among themselves, and the token of who administers the instance. Each part reads its own at its start,
 * so one that is gone is made anew, unlike the database's.
 */
const innerPasswords = [
  'instance-broker-database',
  'instance-postgres-metrics',
  'instance-mqtt-api',
  'instance-mqtt-exporter',
  'instance-redis',
  'instance-admin',
];
const grafanaPassword = 'instance-grafana';
/** In each reporter's Secret, whose name the API says. */
const reporterKey = 'api-key';

/** The Secrets with a password that the stack of these values reads, beside the database's. */
const passwordsOf = ({ monitoring }: ChartValues): string[] =>
  monitoring.dedicated && monitoring.grafana ? [...innerPasswords, grafanaPassword] : innerPasswords;

const keyAt = ({ secret }: Reporter): { name: string; key: string } => ({ name: secret, key: reporterKey });

const passwordBytes = 24;

const decode = (secret: V1Secret, key: string): string =>
  Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');

function secretOf(place: Place, at: { name: string; key: string }, value: string, immutable: boolean): V1Secret {
  return {
    metadata: { name: at.name, namespace: place.name, labels: ownLabels(place.customerId) },
    type: 'Opaque',
    data: { [at.key]: Buffer.from(value, 'utf8').toString('base64') },
    ...(immutable ? { immutable: true } : {}),
  };
}

async function read(kube: Kube, place: Place, name: string): Promise<Result<V1Secret | null, Failure>> {
  const found = await call(kube.core.readNamespacedSecret({ name, namespace: place.name }));
  if (found.ok) return ok(found.value);
  return found.error.kind === 'not_found' ? ok(null) : kubeFailure(`reading Secret ${name}`, found.error);
}

/** Creates it unless somebody was faster; answers the one that is there. Creation is what decides between two of us. */
async function createOrRead(kube: Kube, place: Place, secret: V1Secret): Promise<Result<V1Secret, Failure>> {
  const name = secret.metadata?.name ?? '';
  const made = await call(kube.core.createNamespacedSecret({ namespace: place.name, body: secret }));
  if (made.ok) return ok(made.value);
  if (made.error.kind !== 'conflict') return kubeFailure(`creating Secret ${name}`, made.error);
  const found = await read(kube, place, name);
  if (!found.ok) return found;
  return found.value ? ok(found.value) : failed('internal', `Secret ${name} was there and has gone`);
}

/** Writes the licence of this job, over whatever was there. */
export async function putLicence(kube: Kube, place: Place, token: string): Promise<Result<void, Failure>> {
  const body = secretOf(place, licence, token, false);
  const made = await call(kube.core.createNamespacedSecret({ namespace: place.name, body }));
  if (made.ok) return ok(undefined);
  if (made.error.kind !== 'conflict') return kubeFailure(`creating Secret ${licence.name}`, made.error);
  const replaced = await call(kube.core.replaceNamespacedSecret({ name: licence.name, namespace: place.name, body }));
  return replaced.ok ? ok(undefined) : kubeFailure(`updating Secret ${licence.name}`, replaced.error);
}

/**
 * The database password, made once. Where the database's volume claim is there (`database`), a missing password is a
 * failure and not made again: the database keeps the old one, and a new one would lock the customer out.
 */
export async function ensurePassword(
  kube: Kube,
  place: Place,
  database: Database,
  random: Random,
): Promise<Result<void, Failure>> {
  const found = await read(kube, place, postgres.name);
  if (!found.ok) return found;
  if (found.value === null && database.kind !== 'none') {
    return failed(
      'secret_lost',
      `Secret ${postgres.name} is missing though the database has run (its volume claim is there): restore it from a backup`,
    );
  }
  const secret =
    found.value === null
      ? await createOrRead(kube, place, secretOf(place, postgres, hex(random(passwordBytes)), true))
      : ok(found.value);
  if (!secret.ok) return secret;
  return decode(secret.value, postgres.key) === ''
    ? failed('secret_damaged', `Secret ${postgres.name} has no ${postgres.key}: restore it from a backup`)
    : ok(undefined);
}

/** The other passwords of the stack, each made where it is missing. */
export async function ensureInnerPasswords(
  kube: Kube,
  place: Place,
  values: ChartValues,
  random: Random,
): Promise<Result<void, Failure>> {
  const done = await Promise.all(
    passwordsOf(values).map(async (name): Promise<Result<void, Failure>> => {
      const at = { name, key: postgres.key };
      const found = await read(kube, place, name);
      if (!found.ok) return found;
      const secret =
        found.value === null
          ? await createOrRead(kube, place, secretOf(place, at, hex(random(passwordBytes)), true))
          : ok(found.value);
      if (!secret.ok) return secret;
      return decode(secret.value, at.key) === ''
        ? failed('secret_damaged', `Secret ${name} has no ${at.key}: delete it, and it is made anew`)
        : ok(undefined);
    }),
  );
  return done.find((each) => !each.ok) ?? ok(undefined);
}

/**
 * A reporter's key, for its hash to be registered. Made once per reporter: one of another reporter (a restored namespace)
 * or one that is no key is replaced, since the API would refuse it anyway.
 */
export async function ensureReporterKey(
  kube: Kube,
  place: Place,
  reporter: Reporter,
  random: Random,
): Promise<Result<string, Failure>> {
  const fresh = secretOf(place, keyAt(reporter), newKey(reporter.id, random), false);
  const found = await read(kube, place, reporter.secret);
  if (!found.ok) return found;
  const secret = found.value === null ? await createOrRead(kube, place, fresh) : ok(found.value);
  if (!secret.ok) return secret;
  const key = decode(secret.value, reporterKey);
  return parseKey(key)?.owner === reporter.id ? ok(key) : await replaceReporterKey(kube, place, reporter, random);
}

/** Puts a new reporter key in the place of the one that is there, which the API refuses. */
export async function replaceReporterKey(
  kube: Kube,
  place: Place,
  reporter: Reporter,
  random: Random,
): Promise<Result<string, Failure>> {
  const { secret: name } = reporter;
  const body = secretOf(place, keyAt(reporter), newKey(reporter.id, random), false);
  const replaced = await call(kube.core.replaceNamespacedSecret({ name, namespace: place.name, body }));
  return replaced.ok ? ok(decode(body, reporterKey)) : kubeFailure(`updating Secret ${name}`, replaced.error);
}

/** What is wrong with the Secrets of a stack that has been deployed. Changes nothing. */
export async function secretsDrift(
  kube: Kube,
  place: Place,
  values: ChartValues,
  reporters: readonly Reporter[],
): Promise<Result<DriftEntry[], Failure>> {
  const entries: DriftEntry[] = [];
  const inner = passwordsOf(values).map((name) => ({ name, key: postgres.key }));
  const owners = new Map(reporters.map(({ id, secret }) => [secret, id]));
  for (const { name, key } of [licence, postgres, ...inner, ...reporters.map(keyAt)]) {
    const found = await read(kube, place, name);
    if (!found.ok) return found;
    const value = found.value === null ? null : decode(found.value, key);
    const object = `Secret/${name}`;
    const owner = owners.get(name);
    if (value === null) entries.push({ object, kind: 'missing', difference: 'the Secret is not there' });
    else if (value === '') entries.push({ object, kind: 'changed', difference: `data.${key} is missing or empty` });
    else if (owner !== undefined && parseKey(value)?.owner !== owner) {
      entries.push({ object, kind: 'changed', difference: `data.${key} is no key of reporter ${owner}` });
    }
  }
  return ok(entries);
}
