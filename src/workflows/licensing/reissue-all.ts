/**
 * An order for a new licence of every customer, some a second, e.g. after a change of keys. Only of those whose licence is in
 * force: whoever was revoked stays so.
 */
import { sql } from 'drizzle-orm';
import { recordWhere } from '../../audit/store.ts';
import * as batchStore from '../../batches/store.ts';
import { findWhole } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { newId } from '../../lib/ids.ts';
import { ok } from '../../lib/result.ts';
import * as licenceStore from '../../licences/store.ts';
import type { Context, Planned } from '../deed.ts';
import { actorOf, goOn, goOnWithAll, type Slice } from '../go-on.ts';
import { signLicence } from './issue-licence.ts';
import type { Reissued } from './reissue-for.ts';
import { subjectNow } from './reissue-licences.ts';

/** Licences a second: each costs a signature and three reads. */
const rate = 5;
const action = 'reissue_licences';

export async function reissueAll(
  { db, now, random, actor }: Context,
  { reason }: { reason: string },
): Promise<Planned<Reissued>> {
  const ids = await licenceStore.findLicensed(db);
  const id = newId('batch', random);
  return ok({
    value: { reissued: 0, order: { id, matched: ids.length } },
    writes: batchStore.insertBatch({ id, action, rate, reason, startedBy: actor.name, createdAt: now }, ids),
    audit: [{ action: 'licences.reissued', subject: id, details: { customers: ids.length, reason } }],
  });
}

/** Each is judged when its turn comes; who has got a new licence meanwhile is done. */
const sliceOf =
  (context: Context): Slice =>
  async (batch, items) =>
    (await Promise.all(items.map((item) => writesOf(context, batch, item)))).flat();

async function writesOf(
  context: Context,
  batch: batchStore.BatchRow,
  { place, subject: customerId }: batchStore.BatchItem,
): Promise<Write[]> {
  const { db, now, random } = context;
  // The licence before the customer, for the sake of what changes in between (reissue-licences.ts).
  const last = await licenceStore.newest(db, customerId);
  const whole = await findWhole(db, customerId);
  if (!whole || !last || last.revokedAt !== null) {
    return [batchStore.decide(batch.id, place, sql`'licence_revoked'`)];
  }
  const { claims, signed } = await signLicence(context, await subjectNow(context, whole, last.claims));
  const details = { jti: claims.jti, reason: batch.reason, batch_id: batch.id };
  // Whatever changes what a licence says issues one in its own batch, so that one still in force says what is true.
  return [
    recordWhere(
      random,
      actorOf(context, batch),
      now,
      { action: 'licence.reissued', subject: customerId, details },
      licenceStore.isInForce(last.jti),
    ),
    ...licenceStore.supersedeWhereInForce(last.jti, 'renewed', claims, signed, now),
    batchStore.decide(batch.id, place, sql`iif(${licenceStore.isLicensed(customerId)}, 'done', 'licence_revoked')`),
  ];
}

/** Takes one order further. */
export const continueReissue = (context: Context, batchId: string): Promise<void> =>
  goOn(context, batchId, sliceOf(context));

/** Cron takes all of them further. @returns how many */
export const continueReissues = (context: Context): Promise<number> => goOnWithAll(context, [action], sliceOf(context));
