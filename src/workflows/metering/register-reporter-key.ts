/**
 * A provisioner registers the hash of the key of one of a deployment's reporters, on every job, so that a restored database or a
 * new Secret needs nobody to register it. The first registration makes the exporter's reporter active from the start of the running
 * window and the owner of its namespace from there; where somebody owned it, it takes over at the next hour edge of which nothing
 * is stored (contract: Reporters). The application's is given its meters then (give-application-meters.ts).
 */
import type { Failure } from '../../contracts/failures.ts';
import * as credentialStore from '../../credentials/store.ts';
import { findWhole } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import type { Write } from '../../db/write.ts';
import * as jobStore from '../../deployments/job-store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { ceilTo, floorTo, hourMs, secondMs } from '../../lib/time.ts';
import { findProject } from '../../organisations/project-store.ts';
import { activate, type FoundReporter, queryReporter } from '../../reporters/ownership-store.ts';
import { endDispossessed } from '../../reporters/store.ts';
import { lastEndWith } from '../../usage/history-store.ts';
import { everyMeter } from '../../usage/meters.ts';
import { aheadMsMax } from '../../usage/window-bounds.ts';
import type { Context, Plan, Planned } from '../deed.ts';
import { giveApplicationMeters } from './give-application-meters.ts';
import { holdBackReports } from './hold-back-reports.ts';

export interface KeyRegistration {
  clusterId: string;
  reporterId: string;
  leaseId: string;
  /** SHA-256 of the whole key, hex. */
  keyHash: string;
}

/** Registers the key under the caller's lease. */
export async function registerReporterKey(context: Context, input: KeyRegistration): Promise<Planned<null>> {
  const { db, now } = context;
  const lease = { clusterId: input.clusterId, reporterId: input.reporterId, leaseId: input.leaseId, now };
  const [[reporter], [held], [unusable]] = await db.batch([
    queryReporter(db, input.reporterId, now),
    jobStore.queryReporterLease(db, lease),
    credentialStore.queryUnusable(db, { hash: input.keyHash, reporterId: input.reporterId }),
  ]);
  // One answer for both: a reporter of another cluster is, to this one, like none.
  if (!reporter || !held) return err({ code: 'lease_lost', message: 'this lease no longer holds the job' });
  if (unusable) return err(unusable.revokedBy === 'person' ? revoked : taken);
  const key = { id: newId('credential', context.random), reporterId: reporter.id, hash: input.keyHash, now };
  const activation = await activationOf(context, reporter);
  return ok({
    value: null,
    writes: [
      jobStore.guardReporterLease(lease),
      ...credentialStore.replaceReporterKey(key),
      credentialStore.guardReporterKey(key),
      ...activation.writes,
    ],
    audit: activation.audit,
  });
}

/** Both have the provisioner make another key by itself. */
const revoked: Failure = { code: 'key_revoked', message: 'this key has been revoked; make another one' };
const taken: Failure = { code: 'key_revoked', message: 'this key is another credential; make another one' };

type Activation = Pick<Plan<null>, 'writes' | 'audit'>;
const nothing: Activation = { writes: [], audit: [] };

async function activationOf(context: Context, reporter: FoundReporter): Promise<Activation> {
  if (reporter.source === 'application') return await giveApplicationMeters(context, reporter);
  return reporter.activeFrom === null ? await planActivation(context, reporter) : nothing;
}

async function planActivation(context: Context, { owned: found, ...reporter }: FoundReporter): Promise<Activation> {
  const owned = found === 1;
  const running = floorTo(context.now, reporter.windowSeconds * secondMs);
  const { fromAt, guards } = owned ? await afterOthers(context, reporter) : { fromAt: running, guards: [] };
  return {
    writes: [
      ...guards,
      ...activate({ reporter, meters: everyMeter, owned, ownedAfter: running, fromAt }),
      endDispossessed(reporter.customerId, fromAt),
    ],
    audit: [{ action: 'reporter.activated', subject: reporter.id, details: { active_from: fromAt } }],
  };
}

/**
 * Where others end: they may have reported a part of the running hour, with a clock ahead of the next one too, and go on to
 * the end of whatever they can have reported by now, or have stored by then.
 */
async function afterOthers(
  context: Context,
  { customerId }: Pick<FoundReporter, 'customerId'>,
): Promise<{ fromAt: number; guards: Write[] }> {
  const { db, now } = context;
  const whole = await findWhole(db, customerId);
  if (!whole) throw new Error(`the customer ${customerId} of a reporter is not there`);
  const { customer, deployment } = whole;
  const shard = shardOf(context, customer);
  const { unchanged } = await holdBackReports({ control: db, shard }, customer.seq);
  const edge = ceilTo(now + aheadMsMax, hourMs);
  const project = await findProject(db, deployment.clusterId, deployment.namespace);
  const last = await lastEndWith(shard, {
    customerSeq: customer.seq,
    projects: project ? [project.seq] : [],
    meters: everyMeter,
    since: edge,
  });
  return { fromAt: last === null ? edge : ceilTo(last, hourMs), guards: [unchanged] };
}
