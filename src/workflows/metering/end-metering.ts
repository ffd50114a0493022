/**
 * Ends whatever measures a customer whose stack is deleted: its namespaces are detached and its reporters end, at the end of
 * this hour, or of the last window that is stored if that is later, because whatever is stored and billed has an owner for ever.
 */
import type { CustomerRow } from '../../customers/store.ts';
import { shardOf } from '../../db/shards.ts';
import type { Write } from '../../db/write.ts';
import { ceilTo, hourMs } from '../../lib/time.ts';
import { findAttached, setDetached } from '../../organisations/project-store.ts';
import { endOwnershipsOf } from '../../reporters/ownership-store.ts';
import { endDispossessed } from '../../reporters/store.ts';
import { lastEndWith } from '../../usage/history-store.ts';
import { everyMeter } from '../../usage/meters.ts';
import type { Context } from '../deed.ts';
import { holdBackReports } from './hold-back-reports.ts';

/** The statements that end it; nothing of a namespace that is detached already. */
export async function endMetering(context: Context, customer: CustomerRow): Promise<Write[]> {
  const { db, now } = context;
  const shard = shardOf(context, customer);
  const { unchanged } = await holdBackReports({ control: db, shard }, customer.seq);
  const projects = (await findAttached(db, customer.id)).map(({ seq }) => seq);
  const asked = ceilTo(now, hourMs);
  const last = await lastEndWith(shard, { customerSeq: customer.seq, projects, meters: everyMeter, since: asked });
  const edge = last === null ? asked : ceilTo(last, hourMs);
  return [
    unchanged,
    ...projects.flatMap((seq) => [...endOwnershipsOf(seq, edge), setDetached(seq, edge)]),
    endDispossessed(customer.id, edge),
  ];
}
