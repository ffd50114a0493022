/** What the Worker refuses to start with, a line each; nothing that is not understood is ignored. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { EnvError, parseEnv, type RawEnv, workerVariables } from '../../src/env.ts';
import { servicesOf } from '../../src/services.ts';
import { disagreements } from '../harness/variables.ts';

const whole = { ...(env as unknown as RawEnv) };

function refusal(given: RawEnv): string[] {
  try {
    parseEnv({ ...whole, ...given });
    return [];
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    return error.message.split('\n');
  }
}

describe("the Worker's environment", () => {
  it('is taken whole, with the documented defaults', () => {
    expect(
      parseEnv({ ...whole, SIGNUP_PLANS: undefined, RATE_LIMIT_SIGNUP: undefined, RATE_LIMIT_REPORT: '5/60' }),
    ).toMatchObject({
      RATE_LIMIT_SIGNUP: { requests: 100, seconds: 900 },
      RATE_LIMIT_REPORT: { requests: 5, seconds: 60 },
      RATE_LIMIT_AUTH: null,
      UNPAID_STACKS_PERCENT: 50,
      SIGNUP_PLANS: undefined,
      DEFAULT_TRIAL_DAYS: 14,
      QUEUE_BACKOFF_DELAY: 5_000,
      JOB_TIMEOUT_MS: 300_000,
      BASE_DOMAIN: 'tenantry.localhost',
    });
  });

  it.each([
    ['RATE_LIMIT_SIGNUP', '100/0'],
    ['RATE_LIMIT_AUTH', '0/900'],
    ['RATE_LIMIT_REPORT', '60'],
    ['RATE_LIMIT_REPORT', '60/3600/1'],
    ['RATE_LIMIT_REPORT', '-1/60'],
    ['RATE_LIMIT_REPORT', 'OFF'],
    ['PUBLIC_URL', 'javascript:alert(1)'],
    ['PUBLIC_URL', 'ftp://a.example'],
    ['PUBLIC_URL', 'https://user@a.example'],
    ['RATE_LIMIT_BATCH', '600'],
    ['DEFAULT_CLUSTER', 'Local Cluster'],
    ['BASE_DOMAIN', 'Example.com'],
    ['BASE_DOMAIN', 'https://a.example'],
    ['BASE_DOMAIN', 'a example'],
    ['BASE_DOMAIN', '.example'],
    ['SIGNUP_VERIFICATION', 'email'],
    ['SIGNUP_VERIFICATION', 'sms'],
    ['SIGNUP_PLANS', 'small,Gold Plan'],
    ['STRIPE_API_BASE', 'nowhere'],
    ['ADMIN_API_TOKEN', 'short'],
    ['DEFAULT_TRIAL_DAYS', '-1'],
    ['CONTROL', undefined],
    ['USAGE_0', undefined],
  ])('refuses %s=%s in one line that names it', (name, value) => {
    const lines = refusal({ [name]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(name);
  });

  it('sends no Stripe key in the clear unless that is allowed', () => {
    const clear = { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_API_BASE: 'http://stripe.example' };
    expect(refusal(clear)).toEqual([
      'STRIPE_API_BASE must be https, because STRIPE_SECRET_KEY is sent to it; ALLOW_PLAIN_HTTP=true allows http',
    ]);
    expect(refusal({ ...clear, ALLOW_PLAIN_HTTP: 'true' })).toEqual([]);
    expect(refusal({ ...clear, STRIPE_API_BASE: 'http://127.0.0.1:12111' })).toEqual([]);
  });

  it('takes a staff issuer as a whole, and over TLS', () => {
    const staff = {
      STAFF_OIDC_ISSUER: 'https://staff.example',
      STAFF_OIDC_CLIENT_ID: 'c',
      STAFF_OIDC_ROLES: 'g:a=owner',
    };
    expect(refusal(staff)).toEqual([]);
    expect(refusal({ ...staff, STAFF_OIDC_ROLES: undefined, STAFF_OIDC_CLIENT_ID: undefined })).toEqual([
      'STAFF_OIDC_CLIENT_ID is required beside STAFF_OIDC_ISSUER',
      'STAFF_OIDC_ROLES is required beside STAFF_OIDC_ISSUER',
    ]);
    expect(refusal({ ...staff, STAFF_OIDC_ISSUER: 'http://staff.example' })).toEqual([
      'STAFF_OIDC_ISSUER must be https',
    ]);
    expect(refusal({ ...staff, STAFF_OIDC_ISSUER: 'http://127.0.0.1:9000' })).toEqual([]);
    expect(refusal({ ...staff, STAFF_OIDC_ROLES: 'groups:a=king' })[0]).toMatch(/^STAFF_OIDC_ROLES must be a claim/);
  });

  it('is what docs/worker.md says', () => {
    expect(disagreements(workerVariables, String(whole['TEST_WORKER_DOCUMENT']))).toEqual([]);
  });

  it('has a clock of its own only where a module around the Worker gives one: no variable and no binding is a function', () => {
    for (const given of [undefined, '{"now":1}', { now: 1 }, { fetch: () => new Response('1') }, null])
      expect(parseEnv({ ...whole, CLOCK: given }).clock).toBeNull();
    const ctx = { waitUntil: () => {} };
    expect(servicesOf({ ...whole, CLOCK: { now: () => 86_400_000 } }, ctx).now()).toBe(86_400_000);
    expect(Math.abs(servicesOf(whole, ctx).now() - Date.now())).toBeLessThan(1_000);
  });

  it('tells everything wrong at once, and no secret', () => {
    const lines = refusal({ ADMIN_API_TOKEN: 'short', PUBLIC_URL: 'sk_live_1', RATE_LIMIT_AUTH: '1/0', CONTROL: null });
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'ADMIN_API_TOKEN',
      'PUBLIC_URL',
      'RATE_LIMIT_AUTH',
      'the',
    ]);
    expect(lines.join()).not.toMatch(/short|sk_live/);
    expect(refusal({ STRIPE_PRICE_STARTER: 'prod_1' })).toEqual([
      'STRIPE_PRICE_STARTER must be the id of a price at Stripe: price_…',
    ]);
  });
});
