/** What the instance answers: `/api`, its page, `/metrics`. Owns what holds for every request; what they do is in routes/. */

import { countTraffic } from '@tenantry/usage-reporter/hono';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import { payloadBytesMax } from './messages.ts';
import type { Metrics } from './metrics.ts';
import { deviceRoutes } from './routes/devices.ts';
import { keyRoutes } from './routes/keys.ts';
import { licenceRoutes } from './routes/licence.ts';
import { type Parts, problem } from './routes/parts.ts';

/** Scripts run nowhere here, and nobody frames the page. */
const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  xFrameOptions: 'DENY',
});

/** A page of another site may not change anything here. Behind a proxy only the name of the host is known for sure. */
const sameHost = csrf({ origin: (origin, context) => URL.parse(origin)?.host === context.req.header('host') });
const isBrowser = (context: Context): boolean =>
  context.req.header('origin') !== undefined || context.req.header('sec-fetch-site') !== undefined;

const noSuchPath = problem('Not found', 'There is nothing here.');
const tooLarge = problem('Too large', `A body has at most ${payloadBytesMax} bytes.`);
const broken = problem('Internal error', 'Something went wrong here; the log says what.');

/** What holds for each role: headers, no change by other sites, refusals in one form. */
export function baseApp(log: Logger): Hono {
  const app = new Hono();
  app.use(headers, (context, next) => (isBrowser(context) ? sameHost(context, next) : next()));
  app.notFound((context) => context.json(noSuchPath, 404));
  app.onError((error, context) => {
    if (error instanceof HTTPException) {
      if (error.res) return error.getResponse();
      return context.json(problem(error.message || 'Refused', 'The request is refused.'), error.status);
    }
    log.error({ problem: error.message, path: context.req.path }, 'a request failed');
    return context.json(broken, 500);
  });
  return app;
}

/** The API by itself: what the page of this process asks, too, without being counted as a call. */
export const apiRoutes = (parts: Parts): Hono =>
  new Hono()
    .use(bodyLimit({ maxSize: payloadBytesMax, onError: (context) => context.json(tooLarge, 413) }))
    .route('/api/provisioning-keys', keyRoutes(parts))
    .route('/api/devices', deviceRoutes(parts))
    .route('/api', licenceRoutes(parts));

/** The API with what is counted and measured of it, and the page where this process shows one. */
export function apiApp(parts: Parts, metrics: Metrics, log: Logger, page: Hono | null): Hono {
  const app = baseApp(log);
  app.use('/api/*', metrics.measure, countTraffic(parts.usage.traffic));
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  app.route('/', apiRoutes(parts));
  if (page) {
    app.use(countTraffic(parts.usage.traffic, { calls: false }));
    app.route('/', page);
  }
  return app;
}
