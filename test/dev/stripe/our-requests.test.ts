/** What our code sends to Stripe is what Stripe takes: each form of request, judged by stripe-mock. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { portOver } from '../../../src/stripe/client.ts';
import { startStripeMock } from '../../harness/stripe-mock.ts';
import { describeWithTools } from '../../harness/tools.ts';
import { type Exception, exceptions, type Form, forms, type Told } from './our-requests.ts';

/** A request of ours, and what stripe-mock says of it: null where it takes it. */
interface Judged {
  request: string;
  parameters: string;
  refused: string | null;
}

/** The resource's methods that src/stripe calls: `subscriptions.update`. */
function calledInSource(): string[] {
  const folder = join(import.meta.dirname, '../../../src/stripe');
  const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return [
    ...new Set([...text.join('\n').matchAll(/\bstripe\.((?:\w+\.)+\w+)\(/g)].map(([, name = '']) => name)),
  ].toSorted();
}

describeWithTools(['stripe-mock'], 'what our code sends to Stripe', () => {
  const judged: Judged[] = [];
  const called = new Set<string>();
  let mock: Awaited<ReturnType<typeof startStripeMock>>;
  let told: Readonly<Record<string, Told>> = {};

  /** Has stripe-mock judge the request, and answers with its example, or with what the form says. */
  const judging: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    const method = init?.method ?? 'GET';
    const request = `${method} ${url.pathname}`;
    const response = await fetch(`${mock.url}${url.pathname}${url.search}`, init);
    const body = (await response.json()) as { error?: { message: string } };
    const parameters = method === 'POST' ? String(init?.body ?? '') : url.search;
    judged.push({
      request,
      parameters,
      refused: response.ok ? null : (body.error?.message ?? String(response.status)),
    });
    const instead = told[request];
    if (instead === undefined) return Response.json(body, { status: response.status });
    if ('fields' in instead) return Response.json({ ...body, ...instead.fields });
    return Response.json({ error: { type: 'invalid_request_error', code: instead.code } }, { status: instead.status });
  };

  /** The client, noting which of its methods are called. */
  function noting<T extends object>(part: T, path: string): T {
    return new Proxy(part, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        const inner = `${path}${String(name)}`;
        if (typeof value === 'function') {
          return (...args: unknown[]) => {
            called.add(inner);
            return (value as (...args: unknown[]) => unknown).apply(target, args);
          };
        }
        return typeof value === 'object' && value !== null ? noting(value, `${inner}.`) : value;
      },
    });
  }

  beforeAll(async () => {
    mock = await startStripeMock();
    const httpClient = Stripe.createFetchHttpClient(judging);
    const stripe = new Stripe('sk_test_123', { httpClient, maxNetworkRetries: 0, telemetry: false });
    const port = portOver(noting(stripe, ''));
    for (const [resource, calls] of Object.entries(port)) {
      for (const [name, call] of Object.entries(calls as Record<string, (...args: unknown[]) => Promise<unknown>>)) {
        const all = (forms as unknown as Record<string, Record<string, readonly Form[]>>)[resource]?.[name] ?? [];
        if (all.length === 0) throw new Error(`${resource}.${name} has no form: it is never judged`);
        for (const form of all) {
          told = form.told ?? {};
          await call(...form.with);
        }
      }
    }
  });
  afterAll(() => mock.stop());

  const isOf = ({ request, refused }: Judged, exception: Exception) =>
    request === exception.request && refused !== null && exception.refused.test(refused);

  it('makes every call of the client that stands in src/stripe', () => {
    expect([...called].toSorted()).toEqual(calledInSource());
  });

  it('is taken by stripe-mock, but for what is named', () => {
    expect(judged.length).toBeGreaterThan(40);
    expect(
      judged.filter((one) => one.refused !== null && !exceptions.some((exception) => isOf(one, exception))),
    ).toEqual([]);
  });

  it.each(exceptions)('needs its exception still: $request, because $reason', (exception) => {
    expect(judged.some((one) => isOf(one, exception))).toBe(true);
  });

  it('is refused where it has a parameter that Stripe does not have', async () => {
    const response = await fetch(`${mock.url}/v1/customers`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_123' },
      body: new URLSearchParams({ nickname: 'Ada' }),
    });
    expect(response.status).toBe(400);
  });
});
