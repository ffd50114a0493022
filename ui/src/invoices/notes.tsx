/** What is to be known of an invoice before its lines: what it waits for and until when, and what of it is missing. */
import { Alert } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import { moneyText } from '../money/money-text.ts';
import { invoiceTexts as texts } from '../texts/invoices.ts';
import { Time } from '../time/time.tsx';
import { isOnItsWay, isUnfinished } from './words.ts';

function Note({ title, variant, children }: { title: string; variant: 'info' | 'warning'; children: ReactNode }) {
  return (
    <Alert isInline variant={variant} title={title}>
      {children}
    </Alert>
  );
}

/** What the lines come to beyond the invoice, cents: they wait for approval or were rejected. 0 while sums may change. */
function notBilledOf(invoice: InvoiceView): number {
  if (isUnfinished(invoice) || invoice.shadow || invoice.state === 'void') return 0;
  const all = invoice.lines.reduce((sum, line) => (line.meter === 'credit' ? sum : sum + line.amount_cents), 0);
  return all - invoice.subtotal_cents;
}

export function InvoiceNotes({ invoice }: { invoice: InvoiceView }) {
  const { hold, state, late, shadow } = invoice;
  const notBilled = notBilledOf(invoice);
  return (
    <>
      {hold === null ? null : (
        <Note variant="warning" title={texts.holdTitles[hold.reason]}>
          <p>
            {hold.reason === 'paused' ? null : (
              <>
                {texts.until} <Time at={hold.until} />.{' '}
              </>
            )}
            {texts.holds[hold.reason]}
          </p>
        </Note>
      )}
      {isOnItsWay(invoice) ? (
        <Note variant="info" title={texts.onItsWayTitle}>
          {texts.onItsWay}
        </Note>
      ) : null}
      {state === 'failed' ? (
        <Note variant="warning" title={texts.failedTitle}>
          {texts.failed}
        </Note>
      ) : null}
      {state === 'void' ? (
        <Note variant="info" title={texts.voidTitle}>
          {texts.void}
        </Note>
      ) : null}
      {late ? (
        <Note variant="warning" title={texts.lateTitle}>
          {texts.late}
        </Note>
      ) : null}
      {shadow ? (
        <Note variant="info" title={texts.shadowTitle}>
          {texts.shadow}
        </Note>
      ) : null}
      {notBilled === 0 ? null : (
        <Note variant="info" title={texts.notBilledTitle(moneyText(notBilled))}>
          {texts.notBilled}
        </Note>
      )}
    </>
  );
}
