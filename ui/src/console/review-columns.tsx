/** What a list of reviews shows of each. */
import { Link } from 'react-router';
import type { ReviewList } from '../../../src/contracts/reviews.ts';
import { type QuantityField, quantityFields } from '../../../src/contracts/usage.ts';
import type { Column } from '../list/columns.ts';
import { Digits } from '../money/numbers.tsx';
import { common } from '../texts/common.ts';
import { reviewTexts as texts } from '../texts/console-operations.ts';
import { Time } from '../time/time.tsx';
import { customerAddress } from './addresses.ts';
import { movedText } from './correction-change.tsx';

export type Review = ReviewList['items'][number];

const names = texts.columns;
const textOf = (quantity: number | undefined): string => (quantity === undefined ? common.none : String(quantity));

/** The quantities that differ between what stands and what is proposed. */
const changedFields = ({ standing, proposed }: Review): QuantityField[] =>
  quantityFields.filter((field) => standing.quantities[field] !== proposed.quantities[field]);

function Changes({ review }: { review: Review }) {
  const { standing, proposed } = review;
  const fields = changedFields(review);
  return (
    <>
      {fields.length === 0 ? <p>{texts.same}</p> : null}
      <ul>
        {fields.map((field) => (
          <li key={field} className="tenantry-number">
            {texts.change(field, textOf(standing.quantities[field]), textOf(proposed.quantities[field]))}
          </li>
        ))}
      </ul>
      {proposed.complete ? null : <p>{texts.incomplete}</p>}
    </>
  );
}

export const reviewColumns: readonly Column<Review>[] = [
  {
    key: 'customer',
    label: names.customer,
    always: true,
    cell: ({ customer_id }) => <Link to={customerAddress(customer_id)}>{customer_id}</Link>,
  },
  {
    key: 'window',
    label: names.window,
    cell: ({ window_start, window_end }) => (
      <>
        <Time at={window_start} /> {texts.until} <Time at={window_end} />
      </>
    ),
  },
  { key: 'namespace', label: names.namespace, cell: ({ namespace }) => namespace },
  { key: 'why', label: names.why, cell: ({ reason }) => texts.reasons[reason] },
  { key: 'change', label: names.change, cell: (review) => <Changes review={review} /> },
  { key: 'delta', label: names.delta, cell: ({ delta_cents }) => <Digits>{movedText(delta_cents)}</Digits> },
  { key: 'held', label: names.held, cell: ({ held_at }) => <Time at={held_at} /> },
  {
    key: 'decision',
    label: names.decision,
    cell: ({ decision }) =>
      decision === null ? (
        common.none
      ) : (
        <>
          <Time at={decision.at} /> {texts.decided(decision.by, decision.reason)}
        </>
      ),
  },
  { key: 'id', label: names.id, hidden: true, cell: ({ review_id }) => review_id },
];
