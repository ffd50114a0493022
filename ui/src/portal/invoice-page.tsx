/** One invoice of the customer: what it waits for or lacks, every line with its why, and its proof. */
import { Card, CardBody, CardTitle, Content, PageSection, Stack, StackItem } from '@patternfly/react-core';
import { Link, useParams } from 'react-router';
import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import { readInvoice } from '../../../src/contracts/routes/invoices.ts';
import { useRead } from '../data/use-read.ts';
import { InvoiceFacts } from '../invoices/facts.tsx';
import { InvoiceLines } from '../invoices/lines.tsx';
import { InvoiceNotes } from '../invoices/notes.tsx';
import { StateLabel } from '../invoices/state-label.tsx';
import { Statement } from '../invoices/statement.tsx';
import { nameOf } from '../invoices/words.ts';
import { PageTitle } from '../shell/page-title.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { invoiceTexts as texts } from '../texts/invoices.ts';
import { titles } from '../texts/titles.ts';
import { checkOfInvoice, costOfPeriod, invoiceAddress, invoicesAddress } from './addresses.ts';

const everyMs = 60_000;

function Body({ invoice }: { invoice: InvoiceView }) {
  const { invoice_id: id, period } = invoice;
  return (
    <Stack hasGutter>
      <StackItem>
        <InvoiceNotes invoice={invoice} />
      </StackItem>
      <StackItem>
        <Card>
          <CardTitle component="h2">{texts.facts}</CardTitle>
          <CardBody>
            <InvoiceFacts
              invoice={invoice}
              more={
                period === null
                  ? []
                  : [
                      [
                        titles.portal.cost,
                        <Link key="c" to={costOfPeriod(period.start)}>
                          {texts.costNow}
                        </Link>,
                      ],
                    ]
              }
            />
          </CardBody>
        </Card>
      </StackItem>
      <StackItem>
        <Content component="h2">{texts.lines}</Content>
        <InvoiceLines invoice={invoice} addressOf={invoiceAddress} />
      </StackItem>
      <StackItem>
        <Statement
          invoice={invoice}
          check={
            <p>
              <Link to={checkOfInvoice(id)}>{texts.statement.check}</Link>
            </p>
          }
        />
      </StackItem>
    </Stack>
  );
}

export function Page() {
  const { invoiceId = '' } = useParams();
  const read = useRead(readInvoice, { params: { invoiceId } }, { everyMs });
  const invoice = read.data?.invoice;
  return (
    <>
      <PageTitle
        title={invoice === undefined ? titles.portal.invoice : nameOf(invoice)}
        above={{ label: texts.toList, to: invoicesAddress }}
        {...(invoice === undefined ? {} : { label: <StateLabel state={invoice.state} /> })}
      />
      <PageSection>
        <ReadPart read={read}>{(answer) => <Body invoice={answer.invoice} />}</ReadPart>
      </PageSection>
    </>
  );
}
