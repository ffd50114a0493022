/** Times of which not everything is known, with what reports said of them. */
import { Content, List, ListItem } from '@patternfly/react-core';
import type { GapsAnswer } from '../../../src/contracts/usage.ts';
import type { Column } from '../list/columns.ts';
import { PlainList } from '../list/plain-list.tsx';
import { Digits } from '../money/numbers.tsx';
import type { PartRead } from '../states/read-part.tsx';
import { common } from '../texts/common.ts';
import { portalTexts } from '../texts/portal.ts';
import { Time } from '../time/time.tsx';
import { lengthText } from '../time/time-text.ts';

const texts = portalTexts.usage.gaps;
type Gap = GapsAnswer['items'][number];

const secondMs = 1000;

function Details({ details }: { details: Gap['details'] }) {
  if (details.length === 0) return common.none;
  return (
    <List isPlain>
      {details.map(({ field, thing, from, seconds }) => (
        <ListItem key={`${field} ${thing} ${from}`} className="tenantry-foreign">
          {texts.detail(field, thing, lengthText(seconds * secondMs))}
        </ListItem>
      ))}
    </List>
  );
}

const columns: readonly Column<Gap>[] = [
  { key: 'from', label: texts.from, cell: ({ from }) => <Time at={from} /> },
  { key: 'to', label: texts.to, cell: ({ to }) => <Time at={to} /> },
  { key: 'windows', label: texts.windows, cell: ({ windows }) => <Digits>{windows}</Digits> },
  { key: 'reason', label: texts.reason, cell: ({ reason }) => texts.reasons[reason] },
  {
    key: 'namespace',
    label: portalTexts.usage.namespace,
    cell: ({ namespace }) => <span className="tenantry-foreign">{namespace}</span>,
  },
  { key: 'details', label: texts.details, cell: ({ details }) => <Details details={details} /> },
];

export function GapList({ read }: { read: PartRead<GapsAnswer> }) {
  return (
    <>
      <Content component="h2">{texts.title}</Content>
      <Content component="p">{texts.intro}</Content>
      <PlainList
        label={texts.label}
        columns={columns}
        idOf={({ namespace, instance_id, from, reason }) => `${namespace} ${instance_id} ${from} ${reason}`}
        read={{ ...read, data: read.data?.items }}
        empty={<Content component="p">{texts.none}</Content>}
      />
    </>
  );
}
