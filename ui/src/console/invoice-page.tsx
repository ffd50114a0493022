/** One invoice for staff: what it waits for, lines that are held, every line with its why, and having it finalised now. */
import { Card, CardBody, CardTitle, Content, PageSection, Stack, StackItem } from '@patternfly/react-core';
import { Link, useParams } from 'react-router';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import { listHolds, readInvoice, releaseHold } from '../../../src/contracts/routes/invoices.ts';
import { together } from '../data/together.ts';
import { useRead } from '../data/use-read.ts';
import { InvoiceFacts } from '../invoices/facts.tsx';
import { InvoiceLines } from '../invoices/lines.tsx';
import { InvoiceNotes } from '../invoices/notes.tsx';
import { StateLabel } from '../invoices/state-label.tsx';
import { Statement } from '../invoices/statement.tsx';
import { nameOf } from '../invoices/words.ts';
import { PlainList } from '../list/plain-list.tsx';
import { wholeRead } from '../list/whole-read.ts';
import { useMay } from '../session/session.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { consoleTexts } from '../texts/console.ts';
import { consoleInvoiceTexts as texts } from '../texts/console-invoices.ts';
import { invoiceTexts } from '../texts/invoices.ts';
import { holdsOfInvoice, invoiceAddress, invoicesAddress } from './addresses.ts';
import { Finalize } from './finalize.tsx';
import { holdDoing } from './hold-actions.tsx';
import { heldColumns } from './hold-columns.tsx';
import { SubjectLink } from './subject-link.tsx';

const everyMs = 30_000;
/** Of more the list of held lines has the rest. */
const holdsMax = 100;

type Holds = AnswerTo<typeof listHolds>;

function Held({ invoiceId, holds: { items: held, total } }: { invoiceId: string; holds: Holds }) {
  const mayDecide = useMay()(releaseHold);
  if (held.length === 0) return null;
  return (
    <StackItem className="tenantry-foreign">
      <Content component="h2">{texts.heldLines}</Content>
      <PlainList
        label={texts.heldLines}
        columns={mayDecide ? [...heldColumns, holdDoing] : heldColumns}
        idOf={({ hold_id }) => hold_id}
        read={wholeRead(held)}
        empty={null}
      />
      {total === held.length ? null : <Link to={holdsOfInvoice(invoiceId)}>{texts.allHeld(total)}</Link>}
    </StackItem>
  );
}

function Body({ invoice, holds }: { invoice: InvoiceView; holds: Holds | undefined }) {
  return (
    <Stack hasGutter>
      <StackItem>
        <InvoiceNotes invoice={invoice} />
      </StackItem>
      {holds === undefined ? null : <Held invoiceId={invoice.invoice_id} holds={holds} />}
      <StackItem>
        <Card>
          <CardTitle component="h2">{invoiceTexts.facts}</CardTitle>
          <CardBody>
            <InvoiceFacts
              invoice={invoice}
              more={[
                [texts.customer, <SubjectLink key="c" id={invoice.customer_id} />],
                [texts.atStripe, invoice.stripe_invoice_id],
                [invoiceTexts.columns.id, invoice.invoice_id],
              ]}
            />
          </CardBody>
        </Card>
      </StackItem>
      <StackItem>
        <Content component="h2">{invoiceTexts.lines}</Content>
        <InvoiceLines invoice={invoice} addressOf={invoiceAddress} />
      </StackItem>
      <StackItem>
        <Statement invoice={invoice} />
      </StackItem>
    </Stack>
  );
}

export function Page() {
  const { invoiceId = '' } = useParams();
  const read = useRead(readInvoice, { params: { invoiceId } }, { everyMs });
  const holds = useRead(listHolds, { query: { invoice_id: invoiceId, limit: holdsMax } }, { everyMs });
  const shown = together(read, holds);
  const invoice = shown.data?.invoice;
  return (
    <>
      <PageTitle
        title={invoice === undefined ? consoleTexts.invoice : nameOf(invoice)}
        above={{ label: invoiceTexts.toList, to: invoicesAddress }}
        {...(invoice === undefined ? {} : { label: <StateLabel state={invoice.state} /> })}
        actions={invoice === undefined ? null : <Finalize invoice={invoice} />}
      />
      <PageSection>
        <ReadPart read={shown}>{(answer) => <Body invoice={answer.invoice} holds={holds.data} />}</ReadPart>
      </PageSection>
    </>
  );
}
