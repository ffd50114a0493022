/** The cursor of a reporter: from where on its windows are not accounted for. */
import { findCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import * as historyStore from '../../usage/history-store.ts';
import { clusterOf, type Metering, meteringOf, namespaceOf } from '../../usage/names-store.ts';
import type { UsageReads } from './usage-reads.ts';

export interface CursorQuery {
  customerId: string;
  instanceId: string;
  /** Default: the customer's own. */
  namespace?: string | undefined;
  /** Set for a reporter's key: only its own cursor. */
  reporterId: string | null;
  /** Set for a cluster's key: only customers placed there. */
  clusterId: string | null;
}

/** Where a reporter goes on in one namespace; times are ms. */
export interface Cursor {
  namespace: string;
  /** The end of the last accounted window; a fresh reporter's `activeFrom`. */
  at: number;
  windowSeconds: number;
  activeFrom: number;
  /** Null while it may report on. */
  activeUntil: number | null;
}

/** Null when the reporter, namespace or customer is not there, or not the caller's. */
export async function readCursor(reads: UsageReads, query: CursorQuery): Promise<Cursor | null> {
  const customer = await findCustomer(reads.db, query.customerId);
  if (!customer) return null;
  if (query.clusterId !== null && (await clusterOf(reads.db, query.customerId)) !== query.clusterId) return null;
  const metering = await meteringOf(reads.db, query.customerId);
  const reporter = [...metering.reporters.values()].find((r) => r.instanceId === query.instanceId);
  if (!reporter || (query.reporterId !== null && reporter.id !== query.reporterId)) return null;
  const named = [...metering.namespaces].find(([, name]) => name === query.namespace)?.[0];
  const projectSeq = query.namespace === undefined ? metering.ownProject : (named ?? null);
  const owned = metering.ownerships.filter((o) => o.reporterSeq === reporter.seq && o.projectSeq === projectSeq);
  if (projectSeq === null || owned.length === 0) return null;
  const activeFrom = Math.min(...owned.map((o) => o.fromAt));
  const last = await historyStore.lastEnd(shardOf(reads, customer), customer.seq, reporter.seq, projectSeq, activeFrom);
  return {
    namespace: namespaceOf(metering, projectSeq),
    at: last ?? activeFrom,
    windowSeconds: reporter.windowSeconds,
    activeFrom,
    activeUntil: activeUntil(owned),
  };
}

const activeUntil = (owned: Metering['ownerships']): number | null =>
  owned.some((o) => o.untilAt === null) ? null : Math.max(...owned.map((o) => o.untilAt ?? 0));
