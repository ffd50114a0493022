/** What can never be stored goes to the dead letters with its reason; a letter that cannot be written comes again. */
import { commit, type Db } from '../../db/client.ts';
import type { Log } from '../../lib/log.ts';
import { reasonOf } from '../../lib/reason.ts';
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

const messageReasons = {
  malformed: { code: 'message_malformed', message: 'not a usage message of a version we know' },
  unproven: {
    code: 'message_unproven',
    message: 'no key of ours proves it; send it again only when it is known to be ours',
  },
} as const satisfies Record<string, BurialReason>;

/** Buries a message that none of our versions can read, or that no Worker of ours has proven. */
export const buryMessage = (
  grave: Grave,
  body: unknown,
  source: number,
  reason: keyof typeof messageReasons,
): Promise<void> => buryOne(grave, { customerId: null, ...messageReasons[reason], body }, source);

async function buryOne(grave: Grave, letter: DeadLetter, source: number): Promise<void> {
  try {
    await commit(grave.control, [bury(await letterId(letter), letter, grave.now)]);
    grave.log('error', 'usage was buried', {
      code: letter.code,
      reason: letter.message,
      customer_id: letter.customerId,
    });
  } catch (error) {
    grave.log('warn', 'a dead letter could not be written', { error: reasonOf(error) });
    grave.again.add(source);
  }
}
