/** The API's table of contents: every domain's endpoints, mounted in one place. */
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { clusterEndpoints } from './clusters/routes.ts';
import { notFound } from './contracts/failures.ts';
import { accountKeyEndpoints } from './credentials/routes.ts';
import { customerEndpoints } from './customers/routes.ts';
import { provisionerEndpoints } from './deployments/provisioner-routes.ts';
import { queueEndpoints } from './deployments/queue-routes.ts';
import { deploymentEndpoints } from './deployments/routes.ts';
import { EnvError, type RawEnv } from './env.ts';
import { healthEndpoints } from './health.ts';
import type { Endpoint } from './http/endpoint.ts';
import { type AppEnv, mount } from './http/mount.ts';
import { problemResponse, thrownFailure } from './http/problem.ts';
import { licenceEndpoints } from './licences/routes.ts';
import { organisationEndpoints } from './organisations/routes.ts';
import { outboxEndpoints } from './outbox/routes.ts';
import { pricingEndpoints } from './pricing/routes.ts';
import { reporterEndpoints } from './reporters/routes.ts';
import { type Outside, platform, servicesOf } from './services.ts';
import { usageAdminEndpoints } from './usage/admin-routes.ts';
import { usageReadEndpoints } from './usage/read-routes.ts';
import { usageIntakeEndpoints } from './usage/routes.ts';

/** Every route of the API. The battery walks this list, and the app mounts nothing else. */
export const endpoints: readonly Endpoint[] = [
  ...healthEndpoints,
  ...customerEndpoints,
  ...deploymentEndpoints,
  ...accountKeyEndpoints,
  ...clusterEndpoints,
  ...organisationEndpoints,
  ...licenceEndpoints,
  ...queueEndpoints,
  ...outboxEndpoints,
  ...provisionerEndpoints,
  ...reporterEndpoints,
  ...usageIntakeEndpoints,
  ...usageAdminEndpoints,
  ...usageReadEndpoints,
  ...pricingEndpoints,
];

/** The Hono app. */
export function createApp(outside: Outside = platform): Hono<AppEnv & { Bindings: RawEnv }> {
  const app = new Hono<AppEnv & { Bindings: RawEnv }>();
  app.use(secureHeaders());
  app.use(async (c, next) => {
    try {
      c.set('services', servicesOf(c.env, c.executionCtx, outside));
    } catch (error) {
      if (!(error instanceof EnvError)) throw error;
      outside.log('error', 'the environment is wrong', { error: error.message });
      return c.text('the service is not configured', 503);
    }
    return await next();
  });
  mount(app as unknown as Hono<AppEnv>, endpoints);
  app.notFound((c) => problemResponse(c.get('services'), notFound));
  app.onError((error, c) => problemResponse(c.get('services'), thrownFailure(c.get('services'), error)));
  return app;
}
