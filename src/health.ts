/** `GET /health` (the Worker answers) and `GET /ready` (D1 can be read and the licence keys can be used). */

import { sql } from 'drizzle-orm';
import * as routes from './contracts/routes/health.ts';
import { type Endpoint, endpoint, refuse, reply } from './http/endpoint.ts';
import { publicReads } from './http/limits.ts';
import { keyringOf } from './wiring.ts';

const health = endpoint({
  ...routes.readHealth,
  handle: async () => reply(200, { status: 'ok' }),
});

const ready = endpoint({
  ...routes.readReadiness,
  limits: [publicReads],
  handle: async (call) => {
    await call.db.run(sql`SELECT 1`);
    try {
      await keyringOf(call);
    } catch (error) {
      call.log('error', 'the licence keys cannot be used', {
        error: error instanceof Error ? error.message : 'unknown',
      });
      return refuse({ code: 'unavailable', message: 'the licence keys cannot be used', retryAfterSeconds: 60 });
    }
    return reply(200, { status: 'ready' });
  },
});

export const healthEndpoints: readonly Endpoint[] = [health, ready];
