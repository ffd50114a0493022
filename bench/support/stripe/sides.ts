/** The two Stripes: the stand-in in this process, and the real one under a test key, which moves time by its test clocks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';
import { startStripe } from '../../../dev/stripe/start.ts';
import type { Clock, Side } from './book.ts';

const standInKey = 'sk_test_stand_in';
const askAgainMs = 2000;
/** Stripe says that an advance can take some minutes. */
const advanceMsMax = 10 * 60_000;

/** @param httpClient for who wants to see what is answered */
export async function openStandInSide(
  httpClient?: Stripe.StripeConfig['httpClient'],
): Promise<Side & { url: string; key: string; close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-by-hand-'));
  let now = Date.now();
  const path = join(folder, 'stripe.sqlite');
  const standIn = await startStripe({ path, secretKey: standInKey, now: () => now, callsPerSecond: null }, (line) =>
    console.error(line),
  );
  const { hostname: host, port } = new URL(standIn.url);
  const stripe = new Stripe(standInKey, {
    host,
    port,
    protocol: 'http',
    telemetry: false,
    ...(httpClient === undefined ? {} : { httpClient }),
  });
  const clock: Clock = {
    now: () => Math.floor(now / 1000),
    async to(seconds) {
      now = Math.max(now, seconds * 1000);
      await standIn.runDue(now);
    },
    forCustomer: {},
    close: async () => {},
  };
  return {
    name: 'stand-in',
    url: standIn.url,
    key: standInKey,
    stripe,
    openClock: async () => clock,
    async close() {
      await standIn.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openTestClock(stripe: Stripe): Promise<Clock> {
  const made = await stripe.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.now() / 1000) });
  let now = made.frozen_time;

  async function arrived(): Promise<void> {
    for (const end = Date.now() + advanceMsMax; Date.now() < end; await sleep(askAgainMs)) {
      const { status } = await stripe.testHelpers.testClocks.retrieve(made.id);
      if (status === 'ready') return;
      if (status === 'internal_failure') break;
    }
    throw new Error(`Stripe did not move test clock ${made.id}`);
  }

  return {
    now: () => now,
    async to(seconds) {
      if (seconds <= now) return;
      await stripe.testHelpers.testClocks.advance(made.id, { frozen_time: seconds });
      now = seconds;
      await arrived();
    },
    forCustomer: { test_clock: made.id },
    // Its customers and their subscriptions go with it.
    close: async () => void (await stripe.testHelpers.testClocks.del(made.id)),
  };
}

/** Throws for a key that is no test key: chapters make, charge and delete. */
export function openRealSide(key: string): Side {
  if (!/^(sk|rk)_test_/.test(key)) throw new Error('the key must be a test key: sk_test_… or rk_test_…');
  const stripe = new Stripe(key, { telemetry: false });
  return { name: 'Stripe', stripe, openClock: () => openTestClock(stripe) };
}
