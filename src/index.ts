/** The Worker's three entries; nothing else. */
import { createApp } from './app.ts';
import { consumeBatch } from './consume.ts';
import { runCron } from './cron.ts';
import type { RawEnv } from './env.ts';
import { servicesOf } from './services.ts';

export { LiveDirectory } from './http/live-directory.ts';
export { LiveFeed } from './http/live-feed.ts';
export { RateLimiter } from './http/rate-limiter.ts';

const app = createApp();

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  queue: (batch, env, ctx) => consumeBatch(batch, servicesOf(env, ctx)),
  scheduled: (controller, env, ctx) => runCron(servicesOf(env, ctx), controller.scheduledTime),
} satisfies ExportedHandler<RawEnv>;
