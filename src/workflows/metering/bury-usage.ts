/** What can never be stored goes to the dead letters with its reason; a letter that cannot be written comes again. */
import { commit, type Db } from '../../db/client.ts';
import type { Log } from '../../lib/log.ts';
import { bury, type DeadLetter, letterId } from '../../usage/dead-letter-store.ts';
import { looseMessage, nameRow, type UsageRow } from '../../usage/message/row.ts';

/** A grave: where letters are written, and the places of the messages that must come again. */
export interface Grave {
  control: Db;
  now: number;
  log: Log;
  again: Set<number>;
}

export interface BurialReason {
  code: string;
  message: string;
}

/** Buries one row of a message; it can be sent again as it lies there. */
export async function buryRow(
  grave: Grave,
  row: UsageRow,
  source: number,
  customerId: string | null,
  reason: BurialReason,
): Promise<void> {
  await buryOne(grave, { customerId, ...reason, body: looseMessage([nameRow(row)]) }, source);
}

/** Buries a message that none of our versions can read. */
export const buryMessage = (grave: Grave, body: unknown, source: number): Promise<void> =>
  buryOne(
    grave,
    { customerId: null, code: 'message_malformed', message: 'not a usage message of a version we know', body },
    source,
  );

async function buryOne(grave: Grave, letter: DeadLetter, source: number): Promise<void> {
  try {
    await commit(grave.control, [bury(await letterId(letter), letter, grave.now)]);
    grave.log('error', 'usage was buried', {
      code: letter.code,
      reason: letter.message,
      customer_id: letter.customerId,
    });
  } catch (error) {
    grave.log('warn', 'a dead letter could not be written', { error: String(error).slice(0, 300) });
    grave.again.add(source);
  }
}
