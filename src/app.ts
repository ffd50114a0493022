/** The API's table of contents: every domain's endpoints, mounted in one place. */
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { clusterEndpoints } from './clusters/routes.ts';
import { customerEndpoints } from './customers/routes.ts';
import { openDb } from './db/client.ts';
import { provisionerEndpoints } from './deployments/provisioner-routes.ts';
import { queueEndpoints } from './deployments/queue-routes.ts';
import { EnvError, parseEnv, type RawEnv } from './env.ts';
import { healthEndpoints } from './health.ts';
import type { Endpoint, Services } from './http/endpoint.ts';
import { type AppEnv, mount, problemResponse, thrownFailure } from './http/mount.ts';
import { notFound } from './http/problem.ts';
import { cryptoRandom, newId, type Random } from './lib/ids.ts';
import { consoleLog, type Log } from './lib/log.ts';
import { licenceEndpoints } from './licences/routes.ts';
import { organisationEndpoints } from './organisations/routes.ts';
import { pricingEndpoints } from './pricing/routes.ts';
import { reporterEndpoints } from './reporters/routes.ts';
import { usageAdminEndpoints } from './usage/admin-routes.ts';
import { usageReadEndpoints } from './usage/read-routes.ts';
import { usageIntakeEndpoints } from './usage/routes.ts';

/** Every route of the API. The battery walks this list, and the app mounts nothing else. */
export const endpoints: readonly Endpoint[] = [
  ...healthEndpoints,
  ...customerEndpoints,
  ...clusterEndpoints,
  ...organisationEndpoints,
  ...licenceEndpoints,
  ...queueEndpoints,
  ...provisionerEndpoints,
  ...reporterEndpoints,
  ...usageIntakeEndpoints,
  ...usageAdminEndpoints,
  ...usageReadEndpoints,
  ...pricingEndpoints,
];

/** What tests replace. */
export interface Outside {
  now: () => number;
  random: Random;
  log: Log;
}

const platform: Outside = { now: () => Date.now(), random: cryptoRandom, log: consoleLog };

/** The services of one request, queue batch or cron tick. Throws EnvError when the environment is wrong. */
export function servicesOf(
  raw: RawEnv,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  outside: Outside = platform,
): Services {
  const env = parseEnv(raw);
  return {
    ...outside,
    env,
    db: openDb(env.CONTROL),
    requestId: newId('request', outside.random),
    defer: (work) => ctx.waitUntil(work),
  };
}

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
