/**
 * Reports come in: judged one by one, packed, and handed to the queue. The answer is given after the queue has taken
 * them, so that 202 means durable; a queue that refuses fails the whole call, and sending it again doubles nothing.
 */
import type { Principal } from '../../credentials/principal.ts';
import type { Db } from '../../db/client.ts';
import { idPattern } from '../../lib/ids.ts';
import type { Log } from '../../lib/log.ts';
import { reasonOf } from '../../lib/reason.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ReportError } from '../../usage/form.ts';
import { messagesOf } from '../../usage/message/message.ts';
import type { Prover } from '../../usage/message/proof.ts';
import { type Accepted, judgeReport } from '../../usage/report.ts';
import { type Directory, directoryOfCluster, directoryOfReporter } from '../../usage/rights-store.ts';

export interface Intake {
  db: Db;
  queue: Queue;
  prover: Prover;
  now: number;
  log: Log;
}

/** A reporter or a cluster; nobody else writes usage. */
export type Speaker = Extract<Principal, { kind: 'reporter' | 'cluster' }>;

export type Judgement = Result<Accepted, ReportError>;

/** Cloudflare takes 256 KB and 100 messages in one call; room is left for base64 and framing. */
const sendBytesMax = 240_000;

const customerIdPattern = idPattern('customer');

/** The customers that items name, as far as they can be customers; whoever named something else is told by the judgement. */
function customersOf(items: readonly unknown[]): string[] {
  const ids = new Set<string>();
  for (const item of items) {
    const id = (item as { customer_id?: unknown } | null)?.customer_id;
    if (typeof id === 'string' && customerIdPattern.test(id)) ids.add(id);
  }
  return [...ids];
}

const directoryOf = (db: Db, speaker: Speaker, items: readonly unknown[]): Directory | Promise<Directory> =>
  speaker.kind === 'reporter'
    ? directoryOfReporter(speaker.customerId, speaker.rights)
    : directoryOfCluster(db, speaker.clusterId, customersOf(items));

/** Judges the items and makes the good ones durable. The error is the queue's; then nothing may be taken as accepted. */
export async function recordUsage(
  intake: Intake,
  speaker: Speaker,
  items: readonly unknown[],
): Promise<Result<Judgement[], 'queue_down'>> {
  const directory = await directoryOf(intake.db, speaker, items);
  const find = (customerId: string, instanceId: string) => {
    const byInstance = directory.get(customerId);
    if (!byInstance) return 'customer_mismatch' as const;
    return byInstance.get(instanceId) ?? ('unknown_reporter' as const);
  };
  const judgements = items.map((item) => judgeReport(item, { now: intake.now, find }));
  const rows = judgements.flatMap((j) => (j.ok ? [j.value.row] : []));
  // Made before the queue is asked: a message that cannot be made is a fault of ours, not the queue's.
  const messages = messagesOf(rows).map(intake.prover.prove);
  try {
    await send(intake.queue, messages);
  } catch (error) {
    intake.log('error', 'the usage queue did not take reports', { rows: rows.length, error: reasonOf(error) });
    return err('queue_down');
  }
  return ok(judgements);
}

/** The form of every usage message (src/usage/message/message.ts). */
const asText = { contentType: 'text' } as const;

async function send(queue: Queue, messages: readonly string[]): Promise<void> {
  let group: string[] = [];
  let bytes = 0;
  const flush = async () => {
    const [first] = group;
    if (group.length === 1) await queue.send(first, asText);
    else if (group.length > 1) await queue.sendBatch(group.map((body) => ({ body, ...asText })));
    group = [];
    bytes = 0;
  };
  for (const message of messages) {
    if (bytes + message.length > sendBytesMax) await flush();
    group.push(message);
    bytes += message.length;
  }
  await flush();
}
