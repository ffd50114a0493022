/** The lines of an invoice, each with how it comes about: what was used, what is included, the price, and why. */
import { Content, Label } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { InvoiceLineView, InvoiceView, LineState } from '../../../src/contracts/invoices.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { wholeRead } from '../list/whole-read.ts';
import { moneyText, priceText } from '../money/money-text.ts';
import { Amount, Digits, Quantity } from '../money/numbers.tsx';
import { quantityText, unitsText } from '../money/quantity-text.ts';
import { common } from '../texts/common.ts';
import { invoiceTexts as texts } from '../texts/invoices.ts';
import { equationOf } from './equation.ts';
import { spanText } from './words.ts';

/** The page of an invoice, by its id. */
type AddressOf = (invoiceId: string) => string;

/** Which period it is of, and which invoice it corrects. */
function Of({ line: { by, period, delta_of: first }, addressOf }: { line: InvoiceLineView; addressOf: AddressOf }) {
  if (first !== null) {
    const words = period === null ? texts.correctsUnknown : texts.corrects(...spanEnds(period));
    return (
      <>
        {words} <Link to={addressOf(first)}>{texts.firstBill}</Link>
      </>
    );
  }
  return <>{period === null ? texts.by[by] : spanText(period)}</>;
}

const spanEnds = ({ start, end }: { start: string; end: string }): [string, string] => [
  start.slice(0, 10),
  end.slice(0, 10),
];

/** What becomes of a line that is not simply on the invoice. @param isOpen whether it can still come onto it */
function Standing({ state, isOpen }: { state: LineState; isOpen: boolean }) {
  const words = state === 'held' && isOpen ? texts.heldStill : texts.lineStates[state];
  if (words === null) return null;
  return (
    <div>
      <Label isCompact variant="outline" {...(state === 'held' ? { status: 'warning' } : {})}>
        {words}
      </Label>
    </div>
  );
}

/** Lines of Stripe's, and credit, are an amount and nothing else. */
const isRated = ({ by, meter }: InvoiceLineView): boolean => by === 'tenantry' && meter !== 'credit';

function Why({ line }: { line: InvoiceLineView }) {
  const equation = equationOf(line);
  return (
    <>
      <span className="tenantry-foreign">{line.reason}</span>
      {equation === null ? null : (
        <Content component="small" className="tenantry-number">
          {texts.equation(
            quantityText(equation.used),
            quantityText(equation.included),
            quantityText(equation.billed),
            priceText(line.unit_price),
            moneyText(line.amount_cents),
          )}
        </Content>
      )}
    </>
  );
}

const columnsOf = (addressOf: AddressOf, isOpen: boolean): readonly Column<InvoiceLineView>[] => [
  {
    key: 'what',
    label: texts.what,
    cell: (line) => (
      <>
        <span className="tenantry-foreign">
          {line.tier === null ? line.description : `${line.description}, ${line.tier}`}
        </span>
        <Content component="small">
          <Of line={line} addressOf={addressOf} />
        </Content>
        <Standing state={line.state} isOpen={isOpen} />
      </>
    ),
  },
  {
    key: 'used',
    label: texts.used,
    cell: (line) => (
      <Digits>
        {isRated(line) ? `${quantityText(line.quantity)} ${unitsText(line.unit, line.quantity)}` : common.none}
      </Digits>
    ),
  },
  {
    key: 'included',
    label: texts.included,
    cell: (line) => <Quantity of={isRated(line) ? line.included : null} />,
  },
  { key: 'billed', label: texts.billed, cell: (line) => <Quantity of={isRated(line) ? line.billable : null} /> },
  {
    key: 'price',
    label: texts.price,
    cell: (line) => <Digits>{isRated(line) ? priceText(line.unit_price) : common.none}</Digits>,
  },
  { key: 'amount', label: texts.amount, cell: ({ amount_cents }) => <Amount cents={amount_cents} /> },
  { key: 'why', label: texts.why, cell: (line) => <Why line={line} /> },
];

export interface InvoiceLinesProps {
  invoice: InvoiceView;
  addressOf: AddressOf;
}

export function InvoiceLines({ invoice: { lines, hold }, addressOf }: InvoiceLinesProps) {
  return (
    <PlainList
      label={texts.lines}
      columns={columnsOf(addressOf, hold !== null)}
      idOf={({ line_id, by }) => `${by} ${line_id}`}
      read={wholeRead(lines)}
      empty={<NothingYet title={texts.noLinesTitle}>{texts.noLines}</NothingYet>}
    />
  );
}
