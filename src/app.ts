/** The API's table of contents: every domain's endpoints, mounted in one place. */
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { auditEndpoints } from './audit/routes.ts';
import { batchEndpoints } from './batches/routes.ts';
import { billingEndpoints } from './billing/routes.ts';
import { clusterEndpoints } from './clusters/routes.ts';
import { type Failure, inWordsOf, notFound } from './contracts/failures.ts';
import { accountKeyEndpoints } from './credentials/account-key-routes.ts';
import { credentialEndpoints } from './credentials/routes.ts';
import { creditEndpoints } from './credits/routes.ts';
import { customerEndpoints } from './customers/routes.ts';
import { provisionerEndpoints } from './deployments/provisioner-routes.ts';
import { queueOrderEndpoints } from './deployments/queue-order-routes.ts';
import { queueEndpoints } from './deployments/queue-routes.ts';
import { deploymentEndpoints } from './deployments/routes.ts';
import { driftEndpoints } from './drift/routes.ts';
import { EnvError, type RawEnv } from './env.ts';
import { healthEndpoints } from './health.ts';
import type { Endpoint } from './http/endpoint.ts';
import { type AppEnv, mount } from './http/mount.ts';
import { referenceEndpoints } from './http/openapi-routes.ts';
import { problemResponse, thrownFailure } from './http/problem.ts';
import { invoiceEndpoints } from './invoices/routes.ts';
import { newId } from './lib/ids.ts';
import { licenceEndpoints } from './licences/routes.ts';
import { organisationBillingEndpoints } from './organisations/billing-routes.ts';
import { exportEndpoints } from './organisations/export-routes.ts';
import { organisationKeyEndpoints } from './organisations/key-routes.ts';
import { liveEndpoints } from './organisations/live-routes.ts';
import { projectEndpoints } from './organisations/project-routes.ts';
import { organisationEndpoints } from './organisations/routes.ts';
import { outboxEndpoints } from './outbox/routes.ts';
import { periodEndpoints } from './periods/routes.ts';
import { overrideEndpoints } from './pricing/overrides-routes.ts';
import { ownMeterEndpoints } from './pricing/own-meter-routes.ts';
import { planEndpoints } from './pricing/plan-routes.ts';
import { previewEndpoints } from './pricing/preview-routes.ts';
import { pricingEndpoints } from './pricing/routes.ts';
import { simulationEndpoints } from './pricing/simulation-routes.ts';
import { reporterEndpoints } from './reporters/routes.ts';
import { type Outside, platform, servicesOf } from './services.ts';
import { memberEndpoints } from './sessions/member-routes.ts';
import { oidcEndpoints } from './sessions/oidc-routes.ts';
import { sessionEndpoints } from './sessions/routes.ts';
import { spendCapEndpoints } from './spend-caps/routes.ts';
import { statementEndpoints } from './statements/routes.ts';
import { subscriptionEndpoints } from './subscriptions/routes.ts';
import { usageAdminEndpoints } from './usage/admin-routes.ts';
import { correctionEndpoints } from './usage/correction-routes.ts';
import { deadLetterEndpoints } from './usage/dead-letter-routes.ts';
import { usageReadEndpoints } from './usage/read-routes.ts';
import { usageIntakeEndpoints } from './usage/routes.ts';
import { webhookEndpoints } from './webhooks/routes.ts';

/** Every route of the API. The battery walks this list, and the app mounts nothing else. */
export const endpoints: readonly Endpoint[] = [
  ...healthEndpoints,
  ...customerEndpoints,
  ...subscriptionEndpoints,
  ...previewEndpoints,
  ...deploymentEndpoints,
  ...accountKeyEndpoints,
  ...credentialEndpoints,
  ...clusterEndpoints,
  ...organisationEndpoints,
  ...projectEndpoints,
  ...oidcEndpoints,
  ...sessionEndpoints,
  ...memberEndpoints,
  ...organisationBillingEndpoints,
  ...exportEndpoints,
  ...organisationKeyEndpoints,
  ...liveEndpoints,
  ...auditEndpoints,
  ...licenceEndpoints,
  ...queueEndpoints,
  ...queueOrderEndpoints,
  ...batchEndpoints,
  ...deadLetterEndpoints,
  ...outboxEndpoints,
  ...provisionerEndpoints,
  ...reporterEndpoints,
  ...usageIntakeEndpoints,
  ...usageAdminEndpoints,
  ...correctionEndpoints,
  ...usageReadEndpoints,
  ...periodEndpoints,
  ...creditEndpoints,
  ...spendCapEndpoints,
  ...billingEndpoints,
  ...statementEndpoints,
  ...pricingEndpoints,
  ...overrideEndpoints,
  ...ownMeterEndpoints,
  ...planEndpoints,
  ...simulationEndpoints,
  ...invoiceEndpoints,
  ...driftEndpoints,
  ...webhookEndpoints,
  ...referenceEndpoints(() => endpoints),
];

/** What is wrong stands in the log only: a variable's name is nobody else's business. */
const notConfigured: Failure = {
  code: 'unavailable',
  message: 'the service is not configured; its log says what is wrong',
  retryAfterSeconds: 60,
};

/** The Hono app. */
export function createApp(outside: Outside = platform): Hono<AppEnv & { Bindings: RawEnv }> {
  const app = new Hono<AppEnv & { Bindings: RawEnv }>();
  app.use(secureHeaders());
  app.use(async (c, next) => {
    await next();
    // Answers carry keys and people's data: nobody keeps them, unless the route says otherwise.
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });
  app.use(async (c, next) => {
    c.set('headers', {});
    try {
      c.set('services', servicesOf(c.env, c.executionCtx, outside));
    } catch (error) {
      if (!(error instanceof EnvError)) throw error;
      const requestId = newId('request', outside.random);
      outside.log('error', 'the environment is wrong', { error: error.message, request_id: requestId });
      return problemResponse({ requestId, now: outside.now }, notConfigured);
    }
    return await next();
  });
  mount(app as unknown as Hono<AppEnv>, endpoints);
  app.notFound((c) => problemResponse(c.get('services'), notFound));
  app.onError((error, c) => {
    const failure = inWordsOf(c.get('words'), thrownFailure(c.get('services'), error));
    return problemResponse(c.get('services'), failure, c.get('headers'));
  });
  return app;
}
