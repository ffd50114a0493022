/** A Stripe stand-in of a test's own, started beside workerd, with a clock that the test moves and people who pay. */
import { inject } from 'vitest';
import { openDb } from '../../../src/db/client.ts';
import { findCatalogue } from '../../../src/pricing/catalogue-store.ts';
import { standInKey } from '../stripe-key.ts';
import type { Api } from './api.ts';

export type Wire = Record<string, unknown> & { id: string };

const post = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) });
const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });

async function answered<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`the stand-in answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** Starts one at the test's clock and gives it to the Worker under test. @param callsPerSecond null: it takes as many as come */
export async function openStandIn(api: Api, callsPerSecond: number | null = null) {
  const manager = inject('stripeStandIns');
  const { id, url } = await answered<{ id: string; url: string }>(
    await fetch(manager, post({ now: api.clock.now, callsPerSecond })),
  );
  api.internet.set(url, (request) => fetch(request));
  Object.assign(api.bindings, { STRIPE_SECRET_KEY: standInKey, STRIPE_API_BASE: url });
  const headers = { authorization: `Bearer ${standInKey}` };
  const ask = async <T = Wire>(path: string, init: RequestInit = {}): Promise<T> =>
    answered<T>(await fetch(`${url}${path}`, { ...init, headers }));

  return {
    url,
    /** A call of Stripe's API, beside the Worker. */
    call: (path: string, fields: Record<string, string>) => ask(`/v1${path}`, form(fields)),
    read: <T = Wire>(path: string) => ask<T>(`/v1${path}`),
    remove: (path: string) => ask<unknown>(`/v1${path}`, { method: 'DELETE' }),
    /** Tax is worked out for a subscription from now on, whose customer then takes its address away. */
    async taxWithoutAddress(subscription: string): Promise<void> {
      const { customer } = await ask<{ customer: string }>(`/v1/subscriptions/${subscription}`);
      const call = (path: string, fields: Record<string, string>) => ask(`/v1${path}`, form(fields));
      await call(`/customers/${customer}`, { 'address[country]': 'DE', 'address[postal_code]': '10117' });
      await call(`/subscriptions/${subscription}`, { 'automatic_tax[enabled]': 'true' });
      await call(`/customers/${customer}`, { address: '' });
    },
    /** A deed of somebody at Stripe, through the control door. */
    door: <T = Wire>(path: string, body: unknown = {}) => ask<T>(`/_stand-in${path}`, post(body)),
    /** Takes all faults away. */
    heal: () => ask<unknown>('/_stand-in/faults', { method: 'DELETE' }),
    /** Moves both clocks; the stand-in lives through what is due. */
    async move(now: number): Promise<void> {
      api.clock.now = now;
      await answered(await fetch(`${manager}/${id}/clock`, post({ now })));
    },
    /** Makes a price for each plan version by the month, and by the year for ten months' price. */
    async publish(): Promise<void> {
      const control = api.bindings['CONTROL'] as D1Database;
      const { versions } = await findCatalogue(openDb(control));
      for (const { plan, version, name, fee } of versions.map(({ definition }) => definition)) {
        const product = await ask('/v1/products', form({ name }));
        for (const [interval, months] of [
          ['month', 1],
          ['year', 10],
        ] as const) {
          const price = await ask(
            '/v1/prices',
            form({
              product: product.id,
              currency: 'usd',
              unit_amount: String(Number(fee) * 100 * months),
              'recurring[interval]': interval,
            }),
          );
          await control
            .prepare("INSERT OR REPLACE INTO stripe_prices VALUES (?, ?, ?, ?, ?, 'made', ?)")
            .bind(plan, version, interval, price.id, product.id, api.clock.now)
            .run();
        }
      }
    },
  };
}
export type StandInOfTests = Awaited<ReturnType<typeof openStandIn>>;
