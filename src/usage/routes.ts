/** POST routes of usage: single reports and batches. 202 is said only after the queue has taken the rows. */

import type { Failure } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/usage-intake.ts';
import { batchItemsMax } from '../contracts/usage.ts';
import { type Call, type Endpoint, endpoint, refuse, reply } from '../http/endpoint.ts';
import { type Judgement, recordUsage, type Speaker } from '../workflows/metering/record-usage.ts';
import type { ReportError } from './form.ts';
import { proverOf } from './message/proof.ts';

const retryAfterSeconds = 10;
const queueDown: Failure = {
  code: 'unavailable',
  message: 'usage cannot be taken right now; keep it and send it again',
  retryAfterSeconds,
};

/** The route's own list admits only these two kinds. */
function speakerOf(call: Call<unknown, unknown>): Speaker {
  const { principal } = call;
  if (principal.kind === 'reporter' || principal.kind === 'cluster') return principal;
  throw new Error(`a ${principal.kind} reached an intake route`);
}

function record(call: Call<unknown, unknown>, items: readonly unknown[]) {
  const { db, env, log } = call;
  const intake = { db, queue: env.USAGE_QUEUE, prover: proverOf(env.LICENSE_PRIVATE_KEYS), now: call.now(), log };
  return recordUsage(intake, speakerOf(call), items);
}

/** A report's error as the API's: its message begins with the field's path where one is at fault. */
function failureOf(error: ReportError): Failure {
  const path = /^([a-z_]+): /.exec(error.message)?.[1];
  return { ...error, ...(path === undefined ? {} : { details: { issues: [{ path, message: error.message }] } }) };
}

const report = endpoint({
  ...routes.reportUsage,
  limits: [{ name: 'report', by: 'principal', rate: 'RATE_LIMIT_REPORT', advice: 'send batches,' }],
  handle: async (call) => {
    const recorded = await record(call, [call.body]);
    if (!recorded.ok) return refuse(queueDown);
    const [judgement] = recorded.value;
    if (!judgement) throw new Error('a report was not judged');
    if (!judgement.ok) return refuse(failureOf(judgement.error));
    const { ignored } = judgement.value;
    const body = { success: true as const, accepted: 1 as const, ...(ignored.length > 0 ? { ignored } : {}) };
    return reply(202, body);
  },
});

const resultOf = (judgement: Judgement, index: number) => {
  if (!judgement.ok) return { index, status: 'rejected' as const, ...judgement.error, retryable: false };
  const { ignored } = judgement.value;
  return { index, status: 'accepted' as const, ...(ignored.length > 0 ? { ignored } : {}) };
};

const batch = endpoint({
  ...routes.reportUsageBatch,
  limits: [{ name: 'batch', by: 'principal', rate: 'RATE_LIMIT_BATCH' }],
  mendsText: true,
  handle: async (call) => {
    const { reports } = call.body;
    if (reports.length === 0) {
      const message = 'reports: must have at least one item';
      return refuse({ code: 'validation_failed', message, details: { issues: [{ path: 'reports', message }] } });
    }
    if (reports.length > batchItemsMax) {
      const message = `a batch has at most ${batchItemsMax} items`;
      return refuse({ code: 'too_many_items', message, details: { limit_items: batchItemsMax } });
    }
    const recorded = await record(call, reports);
    if (!recorded.ok) return refuse(queueDown);
    const accepted = recorded.value.filter((j) => j.ok).length;
    const rejected = recorded.value.length - accepted;
    return reply(202, { success: true, accepted, rejected, results: recorded.value.map(resultOf) });
  },
});

export const usageIntakeEndpoints: readonly Endpoint[] = [report, batch];
