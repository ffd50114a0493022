/**
 * An admin makes a reporter: its key, its namespaces (one that is not there yet is thereby attached as a project) and the
 * meters it owns from an edge on, in one batch. The schema refuses two owners of one meter, whoever asks at once.
 */
import { sql } from 'drizzle-orm';
import type { Failure, FailureCode } from '../../contracts/failures.ts';
import type { ReporterBody } from '../../contracts/reporters.ts';
import { refuseExpired } from '../../credentials/credential.ts';
import * as credentialStore from '../../credentials/store.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { newKey, sha256Hex } from '../../lib/keys.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { iso, msOrNull } from '../../lib/time.ts';
import { attachAgain } from '../../organisations/project-store.ts';
import { takeOwnership } from '../../reporters/ownership-store.ts';
import { isStart, startEdge } from '../../reporters/reporter.ts';
import * as reporterStore from '../../reporters/store.ts';
import { guardStatus } from '../../subscriptions/store.ts';
import { meanings } from '../../subscriptions/subscription.ts';
import { lastEndWith } from '../../usage/history-store.ts';
import { everyMeter, slotsOfMeters } from '../../usage/meters.ts';
import type { Slots } from '../../usage/slots.ts';
import type { Context, Planned } from '../deed.ts';
import { attachWrites, refuseAmbiguous, refuseReserved } from './attach-namespaces.ts';
import { holdBackReports } from './hold-back-reports.ts';

export interface MadeReporter {
  id: string;
  instanceId: string;
  namespaces: string[];
  meters: Slots;
  windowSeconds: number;
  activeFrom: number;
  apiKey: string;
}

const shortWindowSeconds = 60;
const refuse = (code: FailureCode, message: string) => err<Failure>({ code, message });

/** Plans the reporter. A take-over holds back the reports that are on their way before it looks what is stored. */
export async function createReporter(
  context: Context,
  whole: WholeCustomer,
  body: ReporterBody,
): Promise<Planned<MadeReporter>> {
  const { db, now, random } = context;
  const { customer, deployment, subscription } = whole;
  if (!meanings[subscription.status].accountKeys) {
    return refuse('already_deactivated', 'a deactivated customer gets no reporters; reactivate it first');
  }
  if (body.window_seconds === shortWindowSeconds && !context.settings.shortWindows) {
    return refuse('validation_failed', 'window_seconds: 60 needs ALLOW_SHORT_WINDOWS');
  }
  const meters = body.meters ? slotsOfMeters(body.meters) : { slots: everyMeter };
  if ('unknown' in meters) return refuse('unknown_meter', `meters: ${meters.unknown} is not a meter`);
  const keyExpiresAt = msOrNull(body.key_expires_at);
  const expired = refuseExpired(keyExpiresAt, now, 'key_expires_at');
  if (expired) return err(expired);
  const id = newId('reporter', random);
  const activeFrom = body.active_from === undefined ? now : Date.parse(body.active_from);
  if (!isStart(activeFrom, now)) return refuse('validation_failed', 'active_from: is more than 400 days from now');
  const made: MadeReporter = {
    id,
    instanceId: body.instance_id,
    namespaces: [...new Set(body.namespaces ?? [deployment.namespace])],
    meters: meters.slots,
    windowSeconds: body.window_seconds,
    activeFrom: startEdge(activeFrom, body.window_seconds, body.take_over),
    apiKey: newKey(id, random),
  };
  const reserved = refuseReserved('namespaces', made.namespaces, deployment.namespace);
  if (reserved) return err(reserved);
  const standing = await reporterStore.findStanding(db, {
    customerId: customer.id,
    instanceId: made.instanceId,
    clusterId: deployment.clusterId,
    namespaces: made.namespaces,
  });
  if (standing.instance) {
    return refuse('reporter_exists', `the customer has a reporter called ${made.instanceId}`);
  }
  const foreign = standing.projects.find((project) => project.customerId !== customer.id);
  if (foreign) return refuse('namespace_taken', `the namespace ${foreign.namespace} belongs to somebody else`);
  const attached = unattached(made, standing.projects);
  const ambiguous = await refuseAmbiguous(context, 'namespaces', {
    clusterId: deployment.clusterId,
    attached,
    all: made.namespaces,
  });
  if (ambiguous) return err(ambiguous);
  const guards = body.take_over ? await takeOver(context, whole, made, standing.projects) : ok([]);
  if (!guards.ok) return guards;
  return ok({
    value: made,
    writes: [
      guardStatus(customer.id, subscription.status),
      ...guards.value,
      ...attachWrites(context, customer, deployment.clusterId, attached),
      attachAgain(customer.id, deployment.clusterId, made.namespaces),
      reporterStore.insertReporter({
        id,
        customerId: customer.id,
        instanceId: made.instanceId,
        windowSeconds: made.windowSeconds,
        source: 'admin',
        activeFrom: made.activeFrom,
        createdAt: now,
      }),
      ...ownershipWrites(whole, made, body.take_over),
      credentialStore.insert({
        id: newId('credential', random),
        kind: 'reporter',
        ownerId: id,
        hash: await sha256Hex(made.apiKey),
        name: made.instanceId,
        role: null,
        createdAt: now,
        expiresAt: keyExpiresAt,
      }),
    ],
    audit: [
      {
        action: 'reporter.created',
        subject: id,
        details: { customer_id: customer.id, instance_id: made.instanceId, namespaces: made.namespaces },
      },
    ],
    refused: (constraint) =>
      constraint.includes('meter_owned')
        ? {
            code: 'meter_owned',
            message: 'another reporter owns one of these meters; take_over ends it at the hour edge',
          }
        : null,
  });
}

/** What the take-over's batch demands; refused when any of the meters is reported beyond the hand-over already. */
async function takeOver(
  context: Context,
  { customer }: WholeCustomer,
  made: MadeReporter,
  projects: readonly reporterStore.StandingProject[],
): Promise<Result<Write[], Failure>> {
  const shard = shardOf(context, customer);
  const { unchanged } = await holdBackReports({ control: context.db, shard }, customer.seq);
  // What is stored is billed, and must not be billed twice.
  const last = await lastEndWith(shard, {
    customerSeq: customer.seq,
    projects: projects.map(({ seq }) => seq),
    meters: made.meters,
    since: made.activeFrom,
  });
  if (last === null) return ok([unchanged]);
  return refuse('meter_owned', `these meters are reported until ${iso(last)} already; take over from a later hour`);
}

/** The namespaces which nobody has yet. */
function unattached({ namespaces }: MadeReporter, projects: readonly reporterStore.StandingProject[]): string[] {
  const attached = new Set(projects.map(({ namespace }) => namespace));
  return namespaces.filter((namespace) => !attached.has(namespace));
}

function ownershipWrites({ customer, deployment }: WholeCustomer, made: MadeReporter, takesOver: boolean): Write[] {
  const { clusterId } = deployment;
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
  return takesOver ? [...writes, reporterStore.endDispossessed(customer.id, made.activeFrom)] : writes;
}
