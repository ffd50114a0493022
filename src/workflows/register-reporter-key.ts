/**
 * A provisioner registers the hash of the deployment reporter's key, on every job, so that a restored database or a new
 * Secret heals by itself. The first registration makes the reporter active from the start of the running window and the
 * owner of its namespace from there; where somebody owned it, it takes over at the next hour edge (contract: Reporters).
 */
import { sql } from 'drizzle-orm';
import { record } from '../audit/store.ts';
import { commit, type Db, GuardFailed, guard, type Write } from '../db/client.ts';
import { newId } from '../lib/ids.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { ceilTo, floorTo, hourMs, secondMs } from '../lib/time.ts';
import { findReporter, isOwnNamespaceOwned, ownNamespaceOwned, takeOwnership } from '../reporters/ownership-store.ts';
import { endDispossessed } from '../reporters/store.ts';
import { everyMeter } from '../usage/meters.ts';
import type { Deps } from './deps.ts';

export interface KeyRegistration {
  clusterId: string;
  reporterId: string;
  leaseId: string;
  /** SHA-256 of the whole key, hex. */
  keyHash: string;
}

export type RegisterFailure = { code: 'not_found' | 'lease_lost'; message: string };

/** The key counts only under a lease of the reporter's own customer in the caller's cluster. */
const holdsLease = (input: KeyRegistration, now: number) => sql`EXISTS (
  SELECT 1 FROM jobs j JOIN reporters r ON r.customer_id = j.customer_id
  WHERE r.id = ${input.reporterId} AND r.source = 'deployment' AND j.cluster_id = ${input.clusterId}
    AND j.state = 'active' AND j.lease_id = ${input.leaseId} AND j.lease_until > ${now})`;

/** The registered key is the only live one of its reporter; the same again changes nothing. */
const replaceKey = (db: Db, input: KeyRegistration, credentialId: string, now: number): Write[] => [
  db.run(sql`
    UPDATE credentials SET revoked_at = ${now}
    WHERE kind = 'reporter' AND owner_id = ${input.reporterId} AND hash <> ${input.keyHash} AND revoked_at IS NULL`),
  db.run(sql`
    INSERT INTO credentials (id, kind, owner_id, hash, name, created_at)
    VALUES (${credentialId}, 'reporter', ${input.reporterId}, ${input.keyHash}, 'provisioner', ${now})
    ON CONFLICT (hash) DO NOTHING`),
];

export async function registerReporterKey(deps: Deps, input: KeyRegistration): Promise<Result<null, RegisterFailure>> {
  const { db, now, random } = deps;
  const reporter = await findReporter(db, input.reporterId);
  if (!reporter) return err({ code: 'not_found', message: 'there is nothing here, or not for you' });
  const activation: Write[] = [];
  if (reporter.activeFrom === null) {
    const running = floorTo(now, reporter.windowSeconds * secondMs);
    const owned = await isOwnNamespaceOwned(db, reporter.customerId, running);
    // Somebody who measured until now may have reported a part of the running hour: they go on to its end.
    const edge = owned ? ceilTo(now, hourMs) : running;
    const own = sql`(SELECT p.seq FROM projects p WHERE p.customer_id = ${reporter.customerId} AND p.own = 1)`;
    activation.push(
      guard(db, sql`EXISTS (SELECT 1 FROM reporters WHERE id = ${reporter.id} AND active_from IS NULL)`),
      guard(db, sql`${ownNamespaceOwned(reporter.customerId, running)} = ${owned ? 1 : 0}`),
      ...takeOwnership(db, { reporterSeq: reporter.seq, project: own, meters: everyMeter, fromAt: edge }),
      db.run(sql`UPDATE reporters SET active_from = ${edge} WHERE id = ${reporter.id}`),
      endDispossessed(db, reporter.customerId, edge),
      record(db, random, deps.actor, now, {
        action: 'reporter.activated',
        subject: reporter.id,
        details: { active_from: edge },
      }),
    );
  }
  try {
    await commit(db, [
      guard(db, holdsLease(input, now)),
      ...replaceKey(db, input, newId('credential', random), now),
      ...activation,
    ]);
    return ok(null);
  } catch (error) {
    if (error instanceof GuardFailed) return err({ code: 'lease_lost', message: 'this lease no longer holds the job' });
    throw error;
  }
}
