/**
 * The Worker's usage consumer alone: workerd with its D1 on disk, batches of messages handed to its queue() handler one
 * after another, as the queue would. Nothing else runs: no intake, no queue.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorker } from '../../../dev/worker/bundle.ts';
import { describeWorker } from '../../../dev/worker/description.ts';
import { migrate } from '../../../dev/worker/migrate.ts';
import { startWorker, type WorkerRuntime } from '../../../dev/worker/runtime.ts';
import { messagesOf } from '../../../src/usage/message/message.ts';
import { proverOf } from '../../../src/usage/message/proof.ts';
import { rowAt } from './rows.ts';

const CONFIG = join(import.meta.dirname, '../../../wrangler.toml');
const ROWS_A_MESSAGE = 500;
const MESSAGES_A_DELIVERY = 10;
const WARM_UP_DELIVERIES = 2;
/** Messages are proven with what is derived of the exponent; nobody signs a licence here. */
const KEYS = JSON.stringify([{ d: 'bench' }]);
const TOKEN = 'bench-root-token-0123456789abcdef0123456789abcdef';

/** The only rows that the consumer asks for: whose number 1 is, and in which shard. */
async function insertCustomer(worker: WorkerRuntime): Promise<void> {
  const db = await worker.database('CONTROL');
  await db.batch([
    db.prepare(`INSERT INTO organisations (id, slug, name, created_at) VALUES ('org', 'bench', 'Bench', 0)`),
    db.prepare(`INSERT INTO customers (seq, id, short_id, organisation_id, email, company_name, usage_shard, created_at)
      VALUES (1, 'cust', 'bench', 'org', 'bench@example.com', 'Bench', 0, 0)`),
  ]);
}

/** Stores `count` rows. @returns rows a second, after a warm-up */
export async function consumerRate(count: number): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-consumer-'));
  const build = join(dataDir, 'build');
  const [description] = await Promise.all([describeWorker(CONFIG), bundleWorker(CONFIG, build)]);
  const prover = proverOf(KEYS);
  const worker = await startWorker({
    description,
    scriptPath: join(build, description.bundledEntry),
    port: 0,
    dataDir,
    queueSocket: join(dataDir, 'no-queue'),
    told: () => ({ version: 0, offset_ms: 0, held_at_ms: null }),
    pagesState: () => ({ state: 'off' }),
    log: console.error,
    bindings: { ADMIN_API_TOKEN: TOKEN, PUBLIC_URL: 'http://127.0.0.1', LICENSE_PRIVATE_KEYS: KEYS },
  });
  try {
    await migrate(worker, description.databases, 'a new folder has none');
    await insertCustomer(worker);
    const rowsADelivery = ROWS_A_MESSAGE * MESSAGES_A_DELIVERY;
    const deliveries = Array.from({ length: WARM_UP_DELIVERIES + Math.ceil(count / rowsADelivery) }, (_, d) =>
      Array.from({ length: MESSAGES_A_DELIVERY }, (_message, m) => {
        const first = (d * MESSAGES_A_DELIVERY + m) * ROWS_A_MESSAGE;
        const [message = ''] = messagesOf(Array.from({ length: ROWS_A_MESSAGE }, (_row, r) => rowAt(first + r)));
        return {
          id: `${d}-${m}`,
          sentAtMs: Date.now(),
          attempts: 1,
          contentType: 'text' as const,
          body: Buffer.from(prover.prove(message)),
        };
      }),
    );
    let started = 0;
    for (const [d, messages] of deliveries.entries()) {
      if (d === WARM_UP_DELIVERIES) started = performance.now();
      const result = await worker.deliver('tenantry-usage', messages);
      if (result.explicitAcks.length !== messages.length) throw new Error('the consumer did not take every message');
    }
    const seconds = (performance.now() - started) / 1000;
    return ((deliveries.length - WARM_UP_DELIVERIES) * rowsADelivery) / seconds;
  } finally {
    await worker.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
