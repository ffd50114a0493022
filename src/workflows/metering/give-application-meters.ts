/**
 * The application's reporter of a deployment is given its meters: what only an application sees of itself, which the exporter's
 * reporter owns till then. Asked with every registration of its key, so that a deployment which is older than such reporters gets
 * one with its next job, and what an admin's reporter has let go comes with the one after.
 *
 * What can be in the way:
 * - the exporter's reporter was never active: it would take everything over when it begins, so the application's waits for it;
 * - an admin's reporter measures some or all of these meters: those stay its own, and with all of them nothing begins;
 * - somebody has stored one of them beyond the start of this hour: it begins where that ends, so that nothing is billed twice;
 * - reports are on their way, or the ownership changes meanwhile: they are held back, and the batch fails and is planned again;
 * - the reporter has ended, by an admin or with its customer's stack: it stays ended.
 */
import { findWhole } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import { ceilTo, floorTo, hourMs } from '../../lib/time.ts';
import { findProject } from '../../organisations/project-store.ts';
import { meterShare } from '../../reporters/application.ts';
import { findDeploymentReporter, findMeterOwners } from '../../reporters/deployment-reporter-store.ts';
import { begin, type FoundReporter, takeOwnership } from '../../reporters/ownership-store.ts';
import { lastEndWith } from '../../usage/history-store.ts';
import { metersIn } from '../../usage/meters.ts';
import { isEmpty } from '../../usage/slots.ts';
import type { Context, Plan } from '../deed.ts';
import { holdBackReports } from './hold-back-reports.ts';

type Given = Pick<Plan<null>, 'writes' | 'audit'>;
const nothing: Given = { writes: [], audit: [] };

/** What gives it the meters that it lacks, in its own namespace, from an hour's edge on. */
export async function giveApplicationMeters(context: Context, reporter: FoundReporter): Promise<Given> {
  const { db, now } = context;
  const { id, seq, customerId, activeFrom, activeUntil } = reporter;
  const exporters = await findDeploymentReporter(db, customerId);
  if (activeUntil !== null || exporters === null || exporters.activeFrom === null) return nothing;
  const edge = Math.max(floorTo(now, hourMs), exporters.activeFrom);
  const share = async () => meterShare(await findMeterOwners(db, customerId, edge));
  if (isEmpty(await share())) return nothing;
  const whole = await findWhole(db, customerId);
  if (!whole) throw new Error(`the customer ${customerId} of a reporter is not there`);
  const { customer, deployment } = whole;
  const project = await findProject(db, deployment.clusterId, deployment.namespace);
  if (!project) throw new Error(`the namespace of ${customerId} is no project`);
  const shard = shardOf(context, customer);
  const { unchanged } = await holdBackReports({ control: db, shard }, customer.seq);
  // Read after that: whoever took meters meanwhile keeps them.
  const meters = await share();
  if (isEmpty(meters)) return nothing;
  const last = await lastEndWith(shard, { customerSeq: customer.seq, projects: [project.seq], meters, since: edge });
  const fromAt = last === null ? edge : ceilTo(last, hourMs);
  const details = { active_from: fromAt, meters: metersIn(meters) };
  return {
    writes: [
      unchanged,
      ...takeOwnership({ reporterSeq: seq, project: project.seq, meters, fromAt }),
      ...(activeFrom === null ? begin(id, fromAt) : []),
    ],
    audit: [{ action: activeFrom === null ? 'reporter.activated' : 'reporter.meters_given', subject: id, details }],
  };
}
