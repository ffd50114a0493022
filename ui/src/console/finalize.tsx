/** The button that has a draft billed now, after saying what will be on it and what will not. */
import type { InvoiceState, InvoiceView } from '../../../src/contracts/invoices.ts';
import { finalizeInvoice, listInvoices, readBrake, readInvoice } from '../../../src/contracts/routes/invoices.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import { isOnItsWay } from '../invoices/words.ts';
import { consoleInvoiceTexts } from '../texts/console-invoices.ts';
import { utcText } from '../time/time-text.ts';
import { FinalizePreview } from './finalize-preview.tsx';

const texts = consoleInvoiceTexts.finalize;
const finalisable: readonly InvoiceState[] = ['draft', 'held', 'failed'];

/** Shown in the dialog alone, so that the brake is asked for when somebody wants to know. */
function What({ invoice }: { invoice: InvoiceView }) {
  const { state, hold } = invoice;
  const mode = useRead(readBrake, {}).data?.mode ?? 'live';
  return (
    <>
      <Words
        of={[
          ...(mode === 'live' ? [] : [texts[mode]]),
          ...(state === 'failed' ? texts.whatAgain : texts.what),
          ...(hold === null || hold.reason === 'paused' ? [] : [texts.waitsFor(utcText(Date.parse(hold.until)))]),
        ]}
      />
      {mode === 'paused' ? null : <FinalizePreview invoice={invoice} />}
    </>
  );
}

export function Finalize({ invoice }: { invoice: InvoiceView }) {
  if (!finalisable.includes(invoice.state) || isOnItsWay(invoice)) return null;
  const isAgain = invoice.state === 'failed';
  return (
    <Deed
      route={finalizeInvoice}
      label={isAgain ? texts.again : texts.label}
      title={isAgain ? texts.titleAgain : texts.title}
      what={<What invoice={invoice} />}
      isDangerous
      input={() => ({ params: { invoiceId: invoice.invoice_id }, body: {} })}
      changes={[readInvoice, listInvoices]}
    />
  );
}
