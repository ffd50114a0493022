/**
 * An admin makes a reporter: its key, its namespaces (one that is not there yet is thereby attached as a project) and the
 * meters it owns from an edge on, in one batch. The schema refuses two owners of one meter, whoever asks at once.
 */

import { sql } from 'drizzle-orm';
import { record } from '../../audit/store.ts';
import * as clusterStore from '../../clusters/store.ts';
import type { ReporterBody } from '../../contracts/reporters.ts';
import * as credentialStore from '../../credentials/store.ts';
import { findWhole, type WholeCustomer } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import { ConstraintFailed } from '../../db/failure.ts';
import { shardOf } from '../../db/shards.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { takeOwnership } from '../../reporters/ownership-store.ts';
import { startEdge } from '../../reporters/reporter.ts';
import * as reporterStore from '../../reporters/store.ts';
import { lastEndWith } from '../../usage/history-store.ts';
import { everyMeter, maskOfMeters } from '../../usage/meters.ts';
import type { Deps } from '../deps.ts';
import { handOver } from './hand-over.ts';

export interface MadeReporter {
  id: string;
  instanceId: string;
  namespaces: string[];
  meters: number;
  windowSeconds: number;
  activeFrom: number;
  apiKey: string;
}

export interface ReporterFailure {
  code: 'not_found' | 'reporter_exists' | 'meter_owned' | 'namespace_taken' | 'unknown_meter' | 'validation_failed';
  message: string;
}

const shortWindowSeconds = 60;
const refuse = (code: ReporterFailure['code'], message: string) => err<ReporterFailure>({ code, message });

/** What the environment says of reporters. */
export interface ReporterSettings {
  shortWindows: boolean;
  shards: readonly D1Database[];
}

/** Makes the reporter. The receipt's statements join its batch. */
export async function createReporter(
  deps: Deps,
  settings: ReporterSettings,
  customerId: string,
  body: ReporterBody,
  receipt: (made: MadeReporter) => Promise<Write[]>,
): Promise<Result<MadeReporter, ReporterFailure>> {
  const { db, now, random } = deps;
  const whole = await findWhole(db, customerId);
  if (!whole) return refuse('not_found', 'there is nothing here, or not for you');
  if (body.window_seconds === shortWindowSeconds && !settings.shortWindows) {
    return refuse('validation_failed', 'window_seconds: 60 needs ALLOW_SHORT_WINDOWS');
  }
  const meters = body.meters ? maskOfMeters(body.meters) : { mask: everyMeter };
  if ('unknown' in meters) return refuse('unknown_meter', `meters: ${meters.unknown} is not a meter`);
  if (await reporterStore.instanceExists(db, customerId, body.instance_id)) {
    return refuse('reporter_exists', `the customer has a reporter called ${body.instance_id}`);
  }
  const activeFrom = body.active_from === undefined ? now : Date.parse(body.active_from);
  const id = newId('reporter', random);
  const made: MadeReporter = {
    id,
    instanceId: body.instance_id,
    namespaces: [...new Set(body.namespaces ?? [whole.deployment.namespace])],
    meters: meters.mask,
    windowSeconds: body.window_seconds,
    activeFrom: startEdge(activeFrom, body.window_seconds, body.take_over),
    apiKey: newKey(id, random),
  };
  const attached = await attachNamespaces(deps, whole, made.namespaces);
  if (!attached.ok) return attached;
  const creation: Creation = {
    deps,
    settings,
    whole,
    made,
    attach: attached.value,
    takesOver: body.take_over,
    receipt,
  };
  if (!creation.takesOver) return await insert(creation, []);
  const shard = shardOf(settings, whole.customer);
  return await handOver({ control: db, shard }, whole.customer.seq, (unchanged) => takeOver(creation, unchanged));
}

interface Creation {
  deps: Deps;
  settings: ReporterSettings;
  whole: WholeCustomer;
  made: MadeReporter;
  /** The statements that attach new namespaces. */
  attach: Write[];
  takesOver: boolean;
  receipt: (made: MadeReporter) => Promise<Write[]>;
}

/** Takes the meters from an hour on for which nothing of them is stored. */
async function takeOver(creation: Creation, unchanged: Write): Promise<Result<MadeReporter, ReporterFailure>> {
  const { deps, settings, whole, made } = creation;
  const reportedUntil = await lastReported(deps, settings, whole, made);
  if (reportedUntil !== null) {
    const message = `these meters are reported until ${iso(reportedUntil)} already; take over from a later hour`;
    return refuse('meter_owned', message);
  }
  return await insert(creation, [unchanged]);
}

async function insert(creation: Creation, guards: Write[]): Promise<Result<MadeReporter, ReporterFailure>> {
  const { deps, whole, made } = creation;
  const { db, now, random } = deps;
  try {
    await commit(db, [
      ...guards,
      ...creation.attach,
      reporterStore.insertReporter({
        id: made.id,
        customerId: whole.customer.id,
        instanceId: made.instanceId,
        windowSeconds: made.windowSeconds,
        source: 'admin',
        activeFrom: made.activeFrom,
        createdAt: now,
      }),
      ...ownershipWrites(whole, made, creation.takesOver),
      credentialStore.insert({
        id: newId('credential', random),
        kind: 'reporter',
        ownerId: made.id,
        hash: await sha256Hex(made.apiKey),
        name: made.instanceId,
        role: null,
        createdAt: now,
      }),
      record(random, deps.actor, now, {
        action: 'reporter.created',
        subject: made.id,
        details: { customer_id: whole.customer.id, instance_id: made.instanceId, namespaces: made.namespaces },
      }),
      ...(await creation.receipt(made)),
    ]);
    return ok(made);
  } catch (error) {
    return err(failureOf(error, made));
  }
}

/** Until when any of the meters is reported beyond the hand-over: what is stored is billed, and must not be billed twice. */
async function lastReported(
  deps: Deps,
  settings: ReporterSettings,
  whole: WholeCustomer,
  made: MadeReporter,
): Promise<number | null> {
  const shard = shardOf(settings, whole.customer);
  let last: number | null = null;
  for (const namespace of made.namespaces) {
    const project = await reporterStore.findProject(deps.db, whole.deployment.clusterId, namespace);
    const end = project
      ? await lastEndWith(shard, whole.customer.seq, project.seq, made.meters, made.activeFrom)
      : null;
    if (end !== null) last = Math.max(last ?? 0, end);
  }
  return last;
}

/** The statements that attach namespaces nobody has yet; one of somebody else is refused. */
async function attachNamespaces(
  deps: Deps,
  whole: WholeCustomer,
  namespaces: readonly string[],
): Promise<Result<Write[], ReporterFailure>> {
  const { clusterId } = whole.deployment;
  const writes: Write[] = [];
  for (const namespace of namespaces) {
    const project = await reporterStore.findProject(deps.db, clusterId, namespace);
    if (project && project.customerId !== whole.customer.id) {
      return refuse('namespace_taken', `the namespace ${namespace} belongs to somebody else`);
    }
    if (project) continue;
    writes.push(
      clusterStore.insertProject({
        clusterId,
        namespace,
        organisationId: whole.customer.organisationId,
        customerId: whole.customer.id,
        own: false,
        createdAt: deps.now,
      }),
    );
  }
  return ok(writes);
}

function ownershipWrites(whole: WholeCustomer, made: MadeReporter, takesOver: boolean): Write[] {
  const { clusterId } = whole.deployment;
  const writes = made.namespaces.flatMap((namespace): Write[] => {
    if (!takesOver) {
      const { meters, activeFrom: fromAt } = made;
      return [reporterStore.insertOwnership({ reporterId: made.id, clusterId, namespace, meters, fromAt })];
    }
    return takeOwnership({
      reporterSeq: sql`(SELECT seq FROM reporters WHERE id = ${made.id})`,
      project: sql`(SELECT seq FROM projects WHERE cluster_id = ${clusterId} AND namespace = ${namespace})`,
      meters: made.meters,
      fromAt: made.activeFrom,
    });
  });
  return takesOver ? [...writes, reporterStore.endDispossessed(whole.customer.id, made.activeFrom)] : writes;
}

function failureOf(error: unknown, made: MadeReporter): ReporterFailure {
  if (!(error instanceof ConstraintFailed)) throw error;
  const { constraint } = error;
  if (constraint.includes('meter_owned')) {
    const message = 'another reporter owns one of these meters; take_over ends it at the hour edge';
    return { code: 'meter_owned', message };
  }
  if (constraint.includes('projects')) {
    return { code: 'namespace_taken', message: 'one of the namespaces was attached by somebody else just now' };
  }
  if (constraint.includes('reporters')) {
    return { code: 'reporter_exists', message: `the customer has a reporter called ${made.instanceId}` };
  }
  throw error;
}
