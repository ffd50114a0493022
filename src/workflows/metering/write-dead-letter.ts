/** Writes usage that can never be stored to the dead letters, with its reason. Where that cannot be written, the message comes again. */
import { commit, type Db } from '../../db/client.ts';
import type { Log } from '../../lib/log.ts';
import { reasonOf } from '../../lib/reason.ts';
import { type DeadLetter, insertLetter, letterId } from '../../usage/dead-letter-store.ts';
import { nameRow, rowsMessage, type UsageRow } from '../../usage/message/row.ts';

/** Where letters are written, and the places of the messages that must come again. */
export interface DeadLetterSink {
  control: Db;
  now: number;
  log: Log;
  again: Set<number>;
}

export interface DeadLetterReason {
  code: string;
  message: string;
}

/** Writes one row of a message as a letter; it can be sent again as it lies there. */
export async function writeRowLetter(
  sink: DeadLetterSink,
  row: UsageRow,
  source: number,
  customerId: string | null,
  reason: DeadLetterReason,
): Promise<void> {
  await writeLetter(sink, { customerId, ...reason, body: rowsMessage([nameRow(row)]) }, source);
}

const messageReasons = {
  malformed: { code: 'message_malformed', message: 'not a usage message of a version we know' },
  unproven: {
    code: 'message_unproven',
    message: 'no key of ours proves it; send it again only when it is known to be ours',
  },
} as const satisfies Record<string, DeadLetterReason>;

/** Writes a message as one letter: no version of ours can read it, or no Worker of ours has signed it. */
export const writeMessageLetter = (
  sink: DeadLetterSink,
  body: unknown,
  source: number,
  reason: keyof typeof messageReasons,
): Promise<void> => writeLetter(sink, { customerId: null, ...messageReasons[reason], body }, source);

async function writeLetter(sink: DeadLetterSink, letter: DeadLetter, source: number): Promise<void> {
  try {
    await commit(sink.control, [insertLetter(await letterId(letter), letter, sink.now)]);
    sink.log('error', 'usage went to the dead letters', {
      code: letter.code,
      reason: letter.message,
      customer_id: letter.customerId,
    });
  } catch (error) {
    sink.log('warn', 'a dead letter could not be written', { error: reasonOf(error) });
    sink.again.add(source);
  }
}
