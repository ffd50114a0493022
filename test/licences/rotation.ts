/**
 * A story of licences while their keys rotate, by the product's own functions and a clock that jumps: isolates that get a new
 * secret at different moments, cron that notes keys, caches between, and verifiers that keep what they have fetched and
 * never ask again before it is old. Every token that is shown is valid; each one refused is a fault.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { seeded } from '../../bench/support/random.ts';
import { dayMs, minuteMs, secondMs } from '../../src/lib/time.ts';
import { cachedMs, inOrderOfUse, jwksOf, type Keyring, openKeyring, sign } from '../../src/licences/keyring.ts';
import { verifyLicence } from '../../src/licences/verify.ts';
import { claimsAt, issuer } from './subject.ts';

export interface Story {
  seed: number;
  issues: number;
  verifications: number;
  rotations: number;
  /** False lets a new key sign at once, as if the set's order alone decided: what the wait is for. */
  waits: boolean;
}

export interface Told {
  issued: number;
  verified: number;
  /** Valid tokens that were refused, by the verdict's code. */
  refused: Record<string, number>;
  /** Keys that signed something, and keys that were left out when their last licence had expired. */
  signed: number;
  retired: number;
}

const startAt = Date.parse('2026-11-01T00:00:00.000Z');
const everyMs = 20 * dayMs;
/** Half of what happens, happens within this of a hand-over. */
const closeMs = 30 * minuteMs;
const handOverMs = minuteMs;
const keptMs = 10 * minuteMs;
const [isolates, edges, verifiers] = [3, 2, 20];
const newest = 5;

interface Key {
  jwk: JWK;
  kid: string;
  lastExpiry: number;
}
interface Copy {
  keys: JWK[];
  at: number;
}

async function newKey(): Promise<Key> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true, modulusLength: 2048 });
  const jwk = await exportJWK(privateKey);
  return { jwk, kid: await calculateJwkThumbprint(jwk), lastExpiry: 0 };
}

export async function tellRotation({ seed, issues, verifications, rotations, waits }: Story): Promise<Told> {
  const { fraction, pick } = seeded(seed);
  const told: Told = { issued: 0, verified: 0, refused: {}, signed: 0, retired: 0 };
  const keys = [await newKey()];
  const ringOf = async () => await openKeyring(JSON.stringify(keys.map(({ jwk }) => jwk)));
  const first = await ringOf();
  const holds: Keyring[] = Array.from({ length: isolates }, () => first);
  const published = new Map([[keys[0]?.kid ?? '', 0]]);
  const copies = { edges: new Map<number, Copy>(), verifiers: new Map<number, Copy>() };
  const tokens: { token: string; expiry: number }[] = [];
  const signers = new Set<string>();
  let now = startAt;

  const order = () => inOrderOfUse(pick(holds), waits ? published : new Map(keys.map(({ kid }) => [kid, 0])), now);

  /** As the Worker's route answers, through a cache between. */
  function fetched(edge: number): Copy {
    const copy = copies.edges.get(edge);
    if (copy && now - copy.at < cachedMs) return copy;
    const fresh = { keys: jwksOf(pick(holds)).keys, at: now };
    copies.edges.set(edge, fresh);
    return fresh;
  }

  async function issue() {
    const claims = claimsAt(String(tokens.length).padStart(32, '0'), now, 1 + fraction() * 30);
    const made = await sign(order(), claims);
    if (!made) throw new Error('no key signs');
    const key = keys.find(({ kid }) => kid === made.kid);
    if (key) key.lastExpiry = Math.max(key.lastExpiry, claims.exp * secondMs);
    signers.add(made.kid);
    tokens.push({ token: made.token, expiry: claims.exp * secondMs });
    told.issued++;
  }

  async function verify() {
    const valid = tokens.filter(({ expiry }) => expiry > now);
    if (valid.length === 0) return;
    const { token } = pick(fraction() < 1 / 2 ? valid.slice(-newest) : valid);
    const who = Math.floor(fraction() * verifiers);
    let copy = copies.verifiers.get(who);
    if (!copy || now - copy.at >= keptMs) {
      copy = { keys: fetched(who % edges).keys, at: now };
      copies.verifiers.set(who, copy);
    }
    const verdict = await verifyLicence(token, { keys: copy.keys }, issuer, new Date(now));
    told.verified++;
    if (!verdict.valid) told.refused[verdict.code] = (told.refused[verdict.code] ?? 0) + 1;
  }

  const events: { at: number; does: () => unknown }[] = [];
  const plan = (at: number, does: () => unknown) => events.push({ at, does });
  /** Some of `count` in each stretch between hand-overs: half of them close behind it. */
  const spread = (count: number, does: () => unknown) => {
    for (let n = 0; n < count; n++) {
      const from = startAt + (n % (rotations + 1)) * everyMs;
      plan(n === 0 ? from : from + fraction() * (n % 2 === 0 ? closeMs : everyMs), does);
    }
  };
  // Of two at one moment the later planned comes first: there is a licence to verify.
  spread(verifications, verify);
  spread(issues, issue);
  for (let n = 1; n <= rotations; n++) {
    const at = startAt + n * everyMs;
    plan(at, async () => {
      const before = keys.length;
      keys.splice(0, keys.length, await newKey(), ...keys.filter(({ lastExpiry }) => lastExpiry > now));
      told.retired += before + 1 - keys.length;
      const ring = await ringOf();
      for (let i = 0; i < isolates; i++)
        events.push({ at: at + fraction() * handOverMs, does: () => (holds[i] = ring) });
      events.sort((a, b) => b.at - a.at);
    });
    const offset = fraction() * minuteMs;
    for (let tick = 0; tick < 3; tick++) {
      plan(at + offset + tick * minuteMs, () => {
        for (const { kid } of pick(holds).keys) if (!published.has(kid)) published.set(kid, now);
      });
    }
  }
  events.sort((a, b) => b.at - a.at);
  for (let next = events.pop(); next; next = events.pop()) {
    now = next.at;
    await next.does();
  }
  told.signed = signers.size;
  return told;
}

export const refusedIn = ({ refused }: Told): number => Object.values(refused).reduce((sum, n) => sum + n, 0);
