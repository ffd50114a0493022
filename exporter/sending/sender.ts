/** Sends what is pending, oldest first, and puts each report where its answer says. Loses nothing by itself. */
import type { WindowReport } from '../../src/contracts/usage.ts';
import { ok, type Result } from '../../src/lib/result.ts';
import type { ApiFailure, BillingApi, ItemAnswer } from './api.ts';
import type { Spool } from './spool.ts';

export interface Sent {
  accepted: number;
  rejected: { report: WindowReport; code: string }[];
  /** Refused for now; they stay pending. */
  postponed: number;
}

/** At half a kilobyte a report a batch is far below the API's 1 MiB. */
const batchMax = 200;

export interface Sender {
  /** Sends one batch; `accepted: 0` with nothing else means that nothing was pending. */
  sendOnce(): Promise<Result<Sent, ApiFailure>>;
}

/** @param needsSecondLook whether an accepted report is kept to be compared later */
export function createSender(
  api: BillingApi,
  spool: Spool,
  needsSecondLook: (report: WindowReport) => boolean,
): Sender {
  let batchSize = batchMax;
  const sendOnce = async (): Promise<Result<Sent, ApiFailure>> => {
    const sent: Sent = { accepted: 0, rejected: [], postponed: 0 };
    const reports = readPending(spool, batchSize);
    if (reports.length === 0) return ok(sent);
    const answer = await api.sendBatch(reports);
    if (!answer.ok && answer.error.kind === 'too_large') {
      if (reports.length > 1) {
        batchSize = Math.ceil(reports.length / 2);
        return await sendOnce();
      }
      const [only] = reports;
      if (only) reject(spool, only, 'too_large', sent);
      return ok(sent);
    }
    if (!answer.ok) return answer;
    batchSize = Math.min(batchMax, batchSize * 2);
    for (const [index, report] of reports.entries())
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

function readPending(spool: Spool, limit: number): WindowReport[] {
  return spool.list('pending', limit).flatMap((startMs) => {
    const report = spool.read('pending', startMs);
    if (!report) spool.drop('pending', startMs);
    return report ? [report] : [];
  });
}

function settle(
  spool: Spool,
  report: WindowReport,
  result: ItemAnswer | undefined,
  sent: Sent,
  needsSecondLook: (report: WindowReport) => boolean,
): void {
  if (result?.status === 'accepted') {
    if (needsSecondLook(report)) spool.put('sent', report);
    spool.drop('pending', Date.parse(report.window_start ?? ''));
    sent.accepted++;
    return;
  }
  // Only what the API calls hopeless leaves the line; no answer about an item, or any other refusal, is tried again.
  if (result?.retryable === false) reject(spool, report, result.code ?? 'refused', sent);
  else sent.postponed++;
}

function reject(spool: Spool, report: WindowReport, code: string, sent: Sent): void {
  spool.put('rejected', report, code);
  spool.drop('pending', Date.parse(report.window_start ?? ''));
  sent.rejected.push({ report, code });
}
