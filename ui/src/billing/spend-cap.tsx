/** The spend cap: how much is used, what happens at 100 % in words, how far it can be overshot, and what has happened. */
import { ActionList, Content } from '@patternfly/react-core';
import { readSpendCap, removeSpendCap } from '../../../src/contracts/routes/spend-caps.ts';
import { readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import type { CapView } from '../../../src/contracts/spend-caps.ts';
import { Deed } from '../confirm/deed.tsx';
import type { Column } from '../list/columns.ts';
import { Facts } from '../list/facts.tsx';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { moneyText } from '../money/money-text.ts';
import { Amount } from '../money/numbers.tsx';
import { billingTexts } from '../texts/billing.ts';
import { Time } from '../time/time.tsx';
import { SetCap } from './set-cap.tsx';

const texts = billingTexts.cap;
type Event = CapView['events'][number];

function Overshoot({ overshoot_cents: cents, unbounded_since: since }: CapView) {
  if (cents !== null) return <>{texts.atMost(moneyText(cents))}</>;
  if (since === null) return <>{texts.unknown}</>;
  return (
    <>
      {texts.unbounded} <Time at={since} />
    </>
  );
}

const columns: readonly Column<Event>[] = [
  { key: 'when', label: texts.when, always: true, cell: ({ at }) => <Time at={at} /> },
  {
    key: 'what',
    label: texts.what,
    cell: ({ kind, percent }) => (percent === null ? texts.events[kind] : texts.told(percent)),
  },
  { key: 'cap', label: texts.capThen, cell: ({ cap_cents: cents }) => <Amount cents={cents} /> },
  { key: 'used', label: texts.usedThen, cell: ({ used_cents: cents }) => <Amount cents={cents} /> },
];

function State({ cap: { state, reached_at: at } }: { cap: CapView }) {
  if (state === 'below' || at === null) return <>{texts.states[state]}</>;
  return (
    <>
      {texts.states[state]}, {texts.since} <Time at={at} />
    </>
  );
}

function CapFacts({ cap }: { cap: CapView }) {
  const read = { data: cap.events, error: null, dataUpdatedAt: 0, refetch: async () => null };
  return (
    <>
      <Facts
        isHalf
        label={texts.title}
        facts={[
          [texts.cap, moneyText(cap.cap_cents)],
          [texts.used, texts.usedOf(moneyText(cap.used_cents), cap.used_percent)],
          [texts.state, <State key="s" cap={cap} />],
          [texts.periodEnds, <Time key="t" at={cap.period.end} />],
          [texts.atFull, texts.actions[cap.action]],
          [texts.overshoot, <Overshoot key="o" {...cap} />],
        ]}
      />
      <Content component="h3">{texts.history}</Content>
      <PlainList
        label={texts.label}
        columns={columns}
        idOf={({ at, kind, percent }) => `${at} ${kind} ${percent}`}
        read={read}
        empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
      />
    </>
  );
}

/** What a cap's buttons act on; `cap` is null where none is set. */
export interface CapProps {
  customerId: string;
  cap: CapView | null;
}

export function Cap({ customerId, cap }: CapProps) {
  return (
    <>
      <p>{cap === null ? texts.none : texts.alerts}</p>
      {cap === null ? null : <CapFacts cap={cap} />}
      <ActionList className="tenantry-actions">
        <SetCap customerId={customerId} cap={cap} />
        {cap === null ? null : (
          <Deed
            route={removeSpendCap}
            label={texts.remove}
            title={texts.removeTitle}
            what={texts.removeWhat}
            variant="link"
            isDangerous
            input={() => ({ params: { customerId } })}
            changes={[readSpendCap, readSubscription]}
          />
        )}
      </ActionList>
    </>
  );
}
