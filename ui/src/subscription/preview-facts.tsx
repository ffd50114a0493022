/** A preview in words and lines: when the change comes, what Stripe asks for now, and our usage before and after it. */
import { Content } from '@patternfly/react-core';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import type { previewChange } from '../../../src/contracts/routes/subscriptions.ts';
import type { Column } from '../list/columns.ts';
import { Facts } from '../list/facts.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { Amount } from '../money/numbers.tsx';
import { subscriptionTexts } from '../texts/subscription.ts';
import { Time } from '../time/time.tsx';

const texts = subscriptionTexts.preview;
const names = texts.columns;

export type Preview = AnswerTo<typeof previewChange>;
type Line = Preview['stripe_lines'][number];

const columns: readonly Column<Line>[] = [
  {
    key: 'what',
    label: names.what,
    cell: ({ description }) => <span className="tenantry-foreign">{description}</span>,
  },
  { key: 'from', label: names.from, cell: ({ start }) => <Time at={start} /> },
  { key: 'to', label: names.to, cell: ({ end }) => <Time at={end} /> },
  { key: 'amount', label: names.amount, cell: ({ amount_cents }) => <Amount cents={amount_cents} /> },
];

const idOf = ({ description, start, end, amount_cents }: Line) => [description, start, end, amount_cents].join(' ');

/** @param minutes how long the price stands */
export function PreviewFacts({ of, minutes }: { of: Preview; minutes: number }) {
  const isNow = of.effective === 'now';
  const read = { data: of.stripe_lines, error: null, dataUpdatedAt: 0, refetch: async () => {} };
  return (
    <>
      <Facts
        facts={[
          [
            texts.when,
            isNow ? (
              texts.now
            ) : (
              <>
                {texts.atEnd} <Time at={of.effective_at} />
              </>
            ),
          ],
          [texts.due, <Amount key="d" cents={of.due_now_cents} />],
          [texts.before, <Amount key="b" cents={of.overage_before_cents} />],
          [texts.after, <Amount key="a" cents={of.overage_after_cents} />],
        ]}
      />
      <PlainList
        label={texts.stripeLabel}
        columns={columns}
        idOf={idOf}
        read={read}
        empty={<p>{texts.nothingDue}</p>}
      />
      {isNow ? <Content component="small">{texts.stands(minutes)}</Content> : null}
    </>
  );
}
