/** Sends the reports that wait, oldest first, and says what became of each. Decides nothing about when. */
import type { Answer, Api, ApiFailure, ItemAnswer } from './api.ts';
import type { UsageReport } from './report.ts';

/** At a kilobyte a report a batch is far below the API's 1 MiB. */
const batchMax = 200;
/** The API, or something on the way to it, takes no body of that size. */
const tooLarge = 413;
/** Refusals for good that time mends: the API's clock has not come so far yet. */
const refusedForItsTime: readonly (string | null)[] = ['window_future', 'revision_future'];
/** Refusals that say that the window is there already. */
const accountedFor: readonly (string | null)[] = ['revision_conflict'];

export interface Sent {
  accepted: UsageReport[];
  refused: { report: UsageReport; code: string }[];
  /** They stay in the line. */
  postponed: number;
  /** Fields that do not count here, because another reporter has them or the API does not know them. */
  ignored: string[];
}

export interface Sender {
  /** Sends up to one batch of these. */
  send(waiting: readonly UsageReport[]): Promise<{ ok: true; sent: Sent } | { ok: false; failure: ApiFailure }>;
}

export function createSender(api: Api): Sender {
  let batchSize = batchMax;
  const send: Sender['send'] = async (waiting) => {
    const reports = waiting.slice(0, batchSize);
    const answer: Answer<ItemAnswer[]> = await api.sendBatch(reports);
    if (!answer.ok && answer.failure.status === tooLarge && reports.length > 1) {
      batchSize = Math.ceil(reports.length / 2);
      return await send(waiting);
    }
    if (!answer.ok) return answer;
    batchSize = Math.min(batchMax, batchSize * 2);
    const sent: Sent = { accepted: [], refused: [], postponed: 0, ignored: [] };
    for (const [index, report] of reports.entries())
      settle(
        report,
        answer.value.find((item) => item.index === index),
        sent,
      );
    return { ok: true, sent };
  };
  return { send };
}

function settle(report: UsageReport, item: ItemAnswer | undefined, sent: Sent): void {
  if (item?.status === 'accepted' || accountedFor.includes(item?.code ?? null)) {
    sent.accepted.push(report);
    sent.ignored.push(...(item?.ignored ?? []));
    return;
  }
  // Only what the API calls hopeless leaves the line; no answer about an item, or any other refusal, is tried again.
  if (item?.retryable === false && !refusedForItsTime.includes(item.code)) {
    sent.refused.push({ report, code: item.code ?? 'refused' });
  } else sent.postponed++;
}
