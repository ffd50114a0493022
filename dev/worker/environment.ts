/**
 * The Worker's variables on this machine: what the platform knows (its address, its secrets) and what the caller set.
 * The Worker checks them itself; a wrong one makes it refuse every request with one line (src/env.ts).
 */

/** Variables that pass from the caller's environment to the Worker when set. */
const PASSED = [
  'BASE_DOMAIN',
  'DEFAULT_CLUSTER',
  'DEFAULT_TRIAL_DAYS',
  'ALLOW_SHORT_WINDOWS',
  'ALLOW_PLAIN_HTTP',
  'UNPAID_STACKS_PERCENT',
  'SIGNUP_PLANS',
  'SIGNUP_VERIFICATION',
  'RATE_LIMIT_SIGNUP',
  'RATE_LIMIT_AUTH',
  'RATE_LIMIT_SIGN_IN',
  'RATE_LIMIT_LINKS',
  'RATE_LIMIT_REPORT',
  'RATE_LIMIT_BATCH',
  'RATE_LIMIT_VALIDATE',
  'RATE_LIMIT_WEBHOOKS',
  'RATE_LIMIT_PUBLIC',
  'QUEUE_MAX_RETRY',
  'QUEUE_BACKOFF_DELAY',
  'JOB_TIMEOUT_MS',
  'PUBLIC_URL',
  'SMTP_URL',
  'MAIL_FROM',
  'STRIPE_SECRET_KEY',
  'STRIPE_API_BASE',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_WEBHOOK_SECRET_OLD',
  'HOLD_HOURS',
  'BILLING_MODE',
  'USAGE_BILLING',
  'HOLD_LINE_CENTS',
  'HOLD_LINE_FACTOR',
  'STRIPE_TAX',
  'PROMOTION_CODES',
  'STRIPE_TAX_CODE',
  'STRIPE_TAX_BEHAVIOR',
  'STRIPE_CALLS_PER_SECOND',
  'GRACE_DAYS',
  'DELETE_AFTER_DAYS',
  'CHECKOUT_RETURN_ORIGINS',
  'STAFF_OIDC_ISSUER',
  'STAFF_OIDC_AUDIENCE',
  'STAFF_OIDC_CLIENT_ID',
  'STAFF_OIDC_CLIENT_SECRET',
  'STAFF_OIDC_ROLES',
  'ADMIN_API_TOKEN',
  'LICENSE_PRIVATE_KEYS',
  'STATEMENT_PRIVATE_KEYS',
] as const;

/** wrangler.toml offers fewer to a public signup; this machine is for trying, so that every plan can be signed up for. */
const ALL_PLANS = 'all';

export function workerBindings(
  env: Record<string, string | undefined>,
  own: { ADMIN_API_TOKEN: string; LICENSE_PRIVATE_KEYS: string; PUBLIC_URL: string } & Record<string, string>,
): Record<string, string> {
  const named = [...PASSED, ...Object.keys(env).filter((name) => name.startsWith('STRIPE_PRICE_'))];
  const passed = named.flatMap((name) => {
    const value = env[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return { SIGNUP_PLANS: ALL_PLANS, ...own, ...Object.fromEntries(passed) };
}
