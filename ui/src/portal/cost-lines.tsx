/** The lines of a period, each with its why, and their total. */
import { Content } from '@patternfly/react-core';
import type { CostAnswer, CostLine } from '../../../src/contracts/cost.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { moneyText, priceText } from '../money/money-text.ts';
import { Amount, Digits, Quantity } from '../money/numbers.tsx';
import { quantityText, unitsText } from '../money/quantity-text.ts';
import type { PartRead } from '../states/read-part.tsx';
import { portalTexts } from '../texts/portal.ts';

const texts = portalTexts.cost;

const columns: readonly Column<CostLine>[] = [
  {
    key: 'what',
    label: texts.what,
    cell: ({ description, tier }) => (
      <span className="tenantry-foreign">{tier === null ? description : `${description}, ${tier}`}</span>
    ),
  },
  {
    key: 'used',
    label: texts.used,
    cell: ({ quantity, unit }) => <Digits>{`${quantityText(quantity)} ${unitsText(unit, quantity)}`}</Digits>,
  },
  { key: 'included', label: texts.included, cell: ({ included }) => <Quantity of={included} /> },
  { key: 'billed', label: texts.billed, cell: ({ billable }) => <Quantity of={billable} /> },
  { key: 'price', label: texts.price, cell: ({ unit_price }) => <Digits>{priceText(unit_price)}</Digits> },
  { key: 'amount', label: texts.amount, cell: ({ amount_cents }) => <Amount cents={amount_cents} /> },
  { key: 'why', label: texts.why, cell: ({ reason }) => <span className="tenantry-foreign">{reason}</span> },
];

export function CostLines({ read, isRunning }: { read: PartRead<CostAnswer>; isRunning: boolean }) {
  return (
    <>
      <PlainList
        label={texts.lines}
        columns={columns}
        idOf={({ line_id }) => line_id}
        read={{ ...read, data: read.data?.lines }}
        empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
      />
      {read.data === undefined ? null : (
        <Content component="p" className="tenantry-amount">
          {`${isRunning ? texts.totalSoFar : texts.total} ${moneyText(read.data.total_cents)}`}
        </Content>
      )}
    </>
  );
}
