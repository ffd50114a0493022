/** Sends what is pending, oldest first, and puts each report where its answer says. Loses nothing by itself. */
import type { WindowReport } from '../../src/contracts/usage.ts';
import type { ApiFailure } from '../../src/lib/api-client.ts';
import { ok, type Result } from '../../src/lib/result.ts';
import type { BillingApi, ItemAnswer } from './api.ts';
import type { Spool } from './spool.ts';

export interface Sent {
  accepted: number;
  rejected: { report: WindowReport; code: string }[];
  /** Refused for now, or damaged; they stay pending. */
  postponed: number;
  /** Windows whose file cannot be read: they have to be computed again. */
  damaged: { spool: Spool; startMs: number }[];
}

/** At half a kilobyte a report a batch is far below the API's 1 MiB. */
const batchMax = 200;
/** The API, or something on the way to it, takes no body of that size. */
const tooLarge = 413;

/** Refusals for good that time mends: this clock is ahead of the API's. */
const refusedForItsTime: readonly (string | undefined)[] = ['window_future', 'revision_future'];

export interface Sender {
  /** Sends one batch; `accepted: 0` with nothing else means that nothing was pending. */
  sendOnce(): Promise<Result<Sent, ApiFailure>>;
}

/**
 * @param spools asked for before each batch, which takes from the first ones first
 * @param needsSecondLook whether an accepted report is kept to be compared later
 */
export function createSender(
  api: Pick<BillingApi, 'sendBatch'>,
  spools: () => readonly Spool[],
  needsSecondLook: (report: WindowReport) => boolean,
): Sender {
  let batchSize = batchMax;
  const sendOnce = async (): Promise<Result<Sent, ApiFailure>> => {
    const sent: Sent = { accepted: 0, rejected: [], postponed: 0, damaged: [] };
    const pending = readPending(spools(), batchSize, sent);
    if (pending.length === 0) return ok(sent);
    const answer = await api.sendBatch(pending.map(({ report }) => report));
    if (!answer.ok && answer.error.status === tooLarge && pending.length > 1) {
      batchSize = Math.ceil(pending.length / 2);
      return await sendOnce();
    }
    if (!answer.ok) return answer;
    batchSize = Math.min(batchMax, batchSize * 2);
    for (const [index, { spool, report }] of pending.entries())
      settle(
        spool,
        report,
        answer.value.find((r) => r.index === index),
        sent,
        needsSecondLook,
      );
    return ok(sent);
  };
  return { sendOnce };
}

interface Pending {
  spool: Spool;
  report: WindowReport;
}

function readPending(spools: readonly Spool[], limit: number, sent: Sent): Pending[] {
  const found: Pending[] = [];
  for (const spool of spools) {
    if (found.length >= limit) break;
    for (const startMs of spool.list('pending', limit - found.length)) {
      const report = spool.read('pending', startMs);
      if (report) found.push({ spool, report });
      else {
        sent.damaged.push({ spool, startMs });
        sent.postponed++;
      }
    }
  }
  return found;
}

function settle(
  spool: Spool,
  report: WindowReport,
  result: ItemAnswer | undefined,
  sent: Sent,
  needsSecondLook: (report: WindowReport) => boolean,
): void {
  if (result?.status === 'accepted') {
    const startMs = Date.parse(report.window_start ?? '');
    if (needsSecondLook(report)) spool.move('pending', 'sent', startMs);
    else spool.drop('pending', startMs);
    sent.accepted++;
    return;
  }
  // Only what the API calls hopeless leaves the line; no answer about an item, or any other refusal, is tried again.
  const hopeless = result?.retryable === false && !refusedForItsTime.includes(result.code);
  if (hopeless) reject(spool, report, result.code ?? 'refused', sent);
  else sent.postponed++;
}

function reject(spool: Spool, report: WindowReport, code: string, sent: Sent): void {
  spool.put('rejected', report, code);
  spool.drop('pending', Date.parse(report.window_start ?? ''));
  sent.rejected.push({ report, code });
}
