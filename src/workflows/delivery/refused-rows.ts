/** What a person decides about an outbox row that the other side refused: it is sent again, or never. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import { err, ok } from '../../lib/result.ts';
import type { OutboxRow } from '../../outbox/store.ts';
import * as outboxStore from '../../outbox/store.ts';
import type { Context, Planned } from '../deed.ts';

const notRefused: Failure = {
  code: 'outbox_not_refused',
  message: 'only a row that was refused for good is decided about',
};

export interface Decision {
  id: string;
  reason: string;
}

/** Sends a refused row again, under a new idempotency key. */
export async function retryRow(context: Context, { id, reason }: Decision): Promise<Planned<OutboxRow>> {
  const row = await outboxStore.find(context.db, id);
  if (row?.state !== 'never') return err(row ? notRefused : notFound);
  return ok({
    value: { ...row, state: 'planned' },
    writes: outboxStore.sendAgain(id, context.now),
    audit: [{ action: 'outbox.retried', subject: id, details: { kind: row.kind, reason } }],
    outbox: [id],
  });
}

/** Drops a refused row for good. */
export async function dropRow(context: Context, { id, reason }: Decision): Promise<Planned<OutboxRow>> {
  const row = await outboxStore.find(context.db, id);
  if (row?.state !== 'never') return err(row ? notRefused : notFound);
  return ok({
    value: { ...row, state: 'dropped' },
    writes: outboxStore.drop(id),
    audit: [{ action: 'outbox.dropped', subject: id, details: { kind: row.kind, reason } }],
  });
}
