/** `GET /health` (the Worker answers) and `GET /ready` (D1 can be read and the licence keys can be used). */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { type Endpoint, endpoint, refuse, reply } from './http/endpoint.ts';
import { publicReads } from './http/limits.ts';
import { keyringOf } from './wiring.ts';

const health = endpoint({
  method: 'get',
  path: '/health',
  summary: 'The Worker answers',
  allow: { public: true },
  answers: { 200: z.object({ status: z.literal('ok') }) },
  handle: async () => reply(200, { status: 'ok' }),
});

const ready = endpoint({
  method: 'get',
  path: '/ready',
  limits: [publicReads],
  summary: 'D1 can be read and the licence keys can be used; 503 otherwise',
  allow: { public: true },
  answers: { 200: z.object({ status: z.literal('ready') }) },
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
