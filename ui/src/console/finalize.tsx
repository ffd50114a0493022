/** The button that has a draft billed now, after saying what will be on it and what will not. */
import type { HeldLineView, InvoiceState, InvoiceView } from '../../../src/contracts/invoices.ts';
import { finalizeInvoice, listInvoices, readBrake, readInvoice } from '../../../src/contracts/routes/invoices.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import { isOnItsWay } from '../invoices/words.ts';
import { moneyText } from '../money/money-text.ts';
import { consoleInvoiceTexts } from '../texts/console-invoices.ts';
import { utcText } from '../time/time-text.ts';

const texts = consoleInvoiceTexts.finalize;
const finalisable: readonly InvoiceState[] = ['draft', 'held', 'failed'];

export interface FinalizeProps {
  invoice: InvoiceView;
  /** Lines of it that wait for approval. */
  held: readonly HeldLineView[];
}

/** Shown in the dialog alone, so that the brake is asked for when somebody wants to know. */
function What({ invoice: { state, hold }, held }: FinalizeProps) {
  const mode = useRead(readBrake, {}).data?.mode ?? 'live';
  const sum = held.reduce((cents, { line }) => cents + line.amount_cents, 0);
  return (
    <Words
      of={[
        ...(mode === 'live' ? [] : [texts[mode]]),
        ...(state === 'failed' ? texts.whatAgain : texts.what),
        ...(held.length === 0 ? [] : [texts.without(held.length, moneyText(sum))]),
        ...(hold === null || hold.reason === 'paused' ? [] : [texts.waitsFor(utcText(Date.parse(hold.until)))]),
      ]}
    />
  );
}

export function Finalize({ invoice, held }: FinalizeProps) {
  if (!finalisable.includes(invoice.state) || isOnItsWay(invoice)) return null;
  const isAgain = invoice.state === 'failed';
  return (
    <Deed
      route={finalizeInvoice}
      label={isAgain ? texts.again : texts.label}
      title={isAgain ? texts.titleAgain : texts.title}
      what={<What invoice={invoice} held={held} />}
      isDangerous
      input={() => ({ params: { invoiceId: invoice.invoice_id }, body: {} })}
      changes={[readInvoice, listInvoices]}
    />
  );
}
