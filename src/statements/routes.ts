/** Statements of invoices, and the keys that verify them. */
import * as routes from '../contracts/routes/statements.ts';
import { statementType } from '../contracts/statements.ts';
import { type Endpoint, endpoint, param, reply } from '../http/endpoint.ts';
import { publicReads } from '../http/limits.ts';
import { ok } from '../lib/result.ts';
import { minuteMs, secondMs } from '../lib/time.ts';
import { statementKeysOf } from '../wiring.ts';
import { readStatement } from '../workflows/billing/read-statement.ts';
import { fileNameOf, publicKeysOf } from './keys.ts';
import { findKeys } from './store.ts';

/** Nobody waits for a new key: a statement says which one it needs, and the set is fetched again. */
const keysCachedMs = 5 * minuteMs;

/** Text as gzip, part by part: the whole of a large one would not fit beside other requests. */
function packed(text: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const plain = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await text.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await text.return(undefined);
    },
  });
  return plain.pipeThrough(new CompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>);
}

const read = endpoint({
  ...routes.readStatement,
  handle: async (call) => {
    const { db, env, principal } = call;
    const onlyOf = principal.kind === 'account' ? principal.customerId : null;
    const found = await readStatement({ db, shards: env.usageShards }, param(call, 'invoiceId'), onlyOf);
    if (!found.ok) return found;
    const { invoiceId, jti, periodStart, text } = found.value;
    return ok({
      status: 200,
      text: { content: packed(text), type: statementType },
      headers: {
        'content-disposition': `attachment; filename="${fileNameOf(invoiceId, periodStart)}"`,
        etag: `"${jti}"`,
        // It is a file of its own form: nothing on the way may unpack it, or pack it again.
        'cache-control': 'private, no-store, no-transform',
      },
    });
  },
});

const keys = endpoint({
  ...routes.readStatementKeys,
  limits: [publicReads],
  handle: async ({ db, env }) => {
    const [own, signed] = await Promise.all([statementKeysOf(env), findKeys(db)]);
    const all = [...(own === null ? [] : publicKeysOf(own)), ...signed];
    const unique = [...new Map(all.map((key) => [key.kid, { ...key }])).values()];
    const headers = { 'cache-control': `public, max-age=${keysCachedMs / secondMs}` };
    return reply(200, { keys: unique }, headers);
  },
});

export const statementEndpoints: readonly Endpoint[] = [read, keys];
