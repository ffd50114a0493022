/** Open dead letters by their cause, the most first: once the cause is gone, they are replayed together. */

import type { AnswerTo } from '../../../src/contracts/call.ts';
import {
  listDeadLetters,
  readDeadLetterGroups,
  replayDeadLetters,
} from '../../../src/contracts/routes/dead-letters.ts';
import { Deed } from '../confirm/deed.tsx';
import { saying } from '../confirm/saying.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { PlainList } from '../list/plain-list.tsx';
import { Digits } from '../money/numbers.tsx';
import { queueTexts } from '../texts/queue.ts';
import { Time } from '../time/time.tsx';
import { useShowBatch } from './batch-progress.tsx';
import { fullLookEveryMs } from './use-changes.ts';

const texts = queueTexts.letters;
type Group = AnswerTo<typeof readDeadLetterGroups>[number];
const changes = [readDeadLetterGroups, listDeadLetters];

function ReplayGroup({ code, letters }: Group) {
  const show = useShowBatch();
  return (
    <Deed
      route={replayDeadLetters}
      label={texts.replayAll(letters)}
      title={texts.replayAllTitle(code)}
      what={<p>{texts.replayAllWhat}</p>}
      reason="optional"
      input={(reason) => ({ body: { code, ...saying(reason) } })}
      changes={changes}
      onDone={show}
    />
  );
}

const columns: readonly Column<Group>[] = [
  { key: 'code', label: texts.code, cell: ({ code }) => code },
  { key: 'letters', label: texts.letters, cell: ({ letters }) => <Digits>{letters}</Digits> },
  {
    key: 'customers',
    label: texts.customers,
    cell: ({ customers }) => <Digits>{customers}</Digits>,
  },
  {
    key: 'message',
    label: texts.message,
    cell: ({ message }) => <span className="tenantry-foreign">{message}</span>,
  },
  { key: 'newest', label: texts.newest, cell: ({ newest }) => <Time at={newest} /> },
  { key: 'replay', label: texts.replay, cell: (group) => <ReplayGroup {...group} /> },
];

/** Nothing where there is no open letter: the list below says so. */
export function LetterGroups() {
  const groups = useRead(readDeadLetterGroups, {}, { everyMs: fullLookEveryMs });
  return (
    <PlainList
      label={texts.groupsLabel}
      columns={columns}
      idOf={({ queue, code }) => `${queue} ${code}`}
      read={groups}
      empty={null}
    />
  );
}
