/**
 * A provisioner registers the hash of the deployment reporter's key, on every job, so that a restored database or a new
 * Secret heals by itself. The first registration makes the reporter active from the start of the running window and the
 * owner of its namespace from there; where somebody owned it, it takes over at the next hour edge of which nothing is stored
 * (contract: Reporters).
 */
import { record } from '../../audit/store.ts';
import * as credentialStore from '../../credentials/store.ts';
import { findWhole } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import { GuardFailed } from '../../db/failure.ts';
import { shardOf } from '../../db/shards.ts';
import type { Write } from '../../db/write.ts';
import * as jobStore from '../../deployments/job-store.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { ceilTo, floorTo, hourMs, secondMs } from '../../lib/time.ts';
import { activate, findReporter, isOwnNamespaceOwned, type ReporterRow } from '../../reporters/ownership-store.ts';
import { endDispossessed, findProject } from '../../reporters/store.ts';
import { lastEndWith } from '../../usage/history-store.ts';
import { everyMeter } from '../../usage/meters.ts';
import { aheadMsMax } from '../../usage/report.ts';
import type { Deps } from '../deps.ts';
import { fenceOff } from './hand-over.ts';

export interface KeyRegistration {
  clusterId: string;
  reporterId: string;
  leaseId: string;
  /** SHA-256 of the whole key, hex. */
  keyHash: string;
}

export type RegisterFailure = { code: 'not_found' | 'lease_lost'; message: string };

const leaseLost: RegisterFailure = { code: 'lease_lost', message: 'this lease no longer holds the job' };

/** Registrations and hand-overs of one namespace that meet this often in a row are a fault, not a race. */
const attemptsMax = 3;

/** Registers the key under the caller's lease. */
export async function registerReporterKey(
  deps: Deps,
  shards: readonly D1Database[],
  input: KeyRegistration,
): Promise<Result<null, RegisterFailure>> {
  const { db, now } = deps;
  const lease = { clusterId: input.clusterId, reporterId: input.reporterId, leaseId: input.leaseId, now };
  const key = { id: newId('credential', deps.random), reporterId: input.reporterId, hash: input.keyHash, now };
  for (let attempt = 1; ; attempt++) {
    const reporter = await findReporter(db, input.reporterId);
    if (!reporter) return err({ code: 'not_found', message: 'there is nothing here, or not for you' });
    const activation = reporter.activeFrom === null ? await planActivation(deps, shards, reporter) : [];
    try {
      await commit(db, [jobStore.guardReporterLease(lease), ...credentialStore.replaceReporterKey(key), ...activation]);
      return ok(null);
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      if (!(await jobStore.holdsReporterLease(db, lease))) return err(leaseLost);
      // The lease holds: somebody activated the reporter or handed its namespace over in between. Read again.
      if (attempt === attemptsMax) throw error;
    }
  }
}

async function planActivation(deps: Deps, shards: readonly D1Database[], reporter: ReporterRow): Promise<Write[]> {
  const { db, now, random } = deps;
  const running = floorTo(now, reporter.windowSeconds * secondMs);
  const owned = await isOwnNamespaceOwned(db, reporter.customerId, running);
  const { fromAt, guards } = owned ? await afterOthers(deps, shards, reporter) : { fromAt: running, guards: [] };
  return [
    ...guards,
    ...activate({ reporter, meters: everyMeter, owned, ownedAfter: running, fromAt }),
    endDispossessed(reporter.customerId, fromAt),
    record(random, deps.actor, now, {
      action: 'reporter.activated',
      subject: reporter.id,
      details: { active_from: fromAt },
    }),
  ];
}

/**
 * Where others end: they may have reported a part of the running hour, with a clock ahead of the next one too, and go on to
 * the end of whatever they can have reported by now, or have stored by then.
 */
async function afterOthers(
  { db, now }: Deps,
  shards: readonly D1Database[],
  { customerId }: ReporterRow,
): Promise<{ fromAt: number; guards: Write[] }> {
  const whole = await findWhole(db, customerId);
  if (!whole) throw new Error(`the customer ${customerId} of a reporter is not there`);
  const { customer, deployment } = whole;
  const shard = shardOf({ shards }, customer);
  const { unchanged } = await fenceOff({ control: db, shard }, customer.seq);
  const edge = ceilTo(now + aheadMsMax, hourMs);
  const project = await findProject(db, deployment.clusterId, deployment.namespace);
  const last = project ? await lastEndWith(shard, customer.seq, project.seq, everyMeter, edge) : null;
  return { fromAt: last === null ? edge : ceilTo(last, hourMs), guards: [unchanged] };
}
