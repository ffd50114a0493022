/**
 * The billing API as the exporter needs it: health, cursor, batch. A report has one natural key and a revision, so that
 * every request may be repeated. Decides nothing about when to. It does not call by contracts/call.ts: an exporter reads answers
 * more loosely than the API writes them, because either may be newer, and a route's data would bring schemas of its whole domain
 * into a program that has little memory.
 */
import { Agent, type Dispatcher } from 'undici';
import { z } from 'zod';
import {
  type ClusterReporters,
  type CursorAnswer,
  clusterReportersAnswer,
  cursorAnswer,
  type WindowReport,
} from '../../src/contracts/usage.ts';
import { type ApiFailure, openApiClient } from '../../src/lib/api-client.ts';
import { dispatcherTransport } from '../../src/lib/dispatcher-transport.ts';
import { ok, type Result } from '../../src/lib/result.ts';
import { type Learned, ownMetersAnswer, toLearned } from './learned.ts';

/** What the API says of one item. Any code is taken: an API may be newer than its exporters, and must not stop them. */
const itemAnswer = z.object({
  index: z.number().int(),
  status: z.enum(['accepted', 'rejected']),
  code: z.string().optional(),
  retryable: z.boolean().optional(),
});
export type ItemAnswer = z.infer<typeof itemAnswer>;
const batchAnswer = z.object({ results: z.array(itemAnswer) });
const healthAnswer = z.looseObject({});

export interface BillingApi {
  health(): Promise<Result<null, ApiFailure>>;
  cursor(customerId: string, instanceId: string, namespace: string): Promise<Result<CursorAnswer, ApiFailure>>;
  ownMeters(customerId: string): Promise<Result<Learned, ApiFailure>>;
  /** Whom a cluster's key reports for. */
  reporters(): Promise<Result<ClusterReporters['items'], ApiFailure>>;
  sendBatch(reports: WindowReport[]): Promise<Result<ItemAnswer[], ApiFailure>>;
  close(): Promise<void>;
}

const timeoutMs = 30_000;
const reportersPage = 1000;

/** @param key asked for at each request, because its file may be rotated */
export function billingApi(
  url: string,
  key: () => string,
  now: () => number,
  dispatcher: Dispatcher = new Agent({ connections: 1, allowH2: false }),
): BillingApi {
  const transport = dispatcherTransport(dispatcher);
  const client = openApiClient({ baseUrl: url, credential: key, transport, now, timeoutMs });
  return {
    health: async () => {
      const answer = await client.ask({ method: 'GET', path: '/health' }, healthAnswer);
      return answer.ok ? ok(null) : answer;
    },
    cursor: (customerId, instanceId, namespace) => {
      const path = `/api/usage/${encodeURIComponent(customerId)}/cursor`;
      return client.ask({ method: 'GET', path, query: { instance_id: instanceId, namespace } }, cursorAnswer);
    },
    ownMeters: async (customerId) => {
      const path = `/api/usage/${encodeURIComponent(customerId)}/meters`;
      const answer = await client.ask({ method: 'GET', path }, ownMetersAnswer);
      return answer.ok ? ok(toLearned(answer.value.items)) : answer;
    },
    reporters: async () => {
      const found: ClusterReporters['items'] = [];
      for (let page = 1; ; page++) {
        const query = { page: String(page), limit: String(reportersPage) };
        const answer = await client.ask({ method: 'GET', path: '/api/usage/reporters', query }, clusterReportersAnswer);
        if (!answer.ok) return answer;
        found.push(...answer.value.items);
        if (answer.value.items.length === 0 || found.length >= answer.value.total) return ok(found);
      }
    },
    sendBatch: async (reports) => {
      const answer = await client.ask({ method: 'POST', path: '/api/usage/batch', body: { reports } }, batchAnswer);
      return answer.ok ? ok(answer.value.results) : answer;
    },
    close: async () => {
      await dispatcher.close();
    },
  };
}
