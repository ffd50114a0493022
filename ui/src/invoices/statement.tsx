/** An invoice's statement: what it proves, the file, and where it is checked. Whether it is there yet the API says. */
import { Card, CardBody, CardTitle, Content } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import { readStatement } from '../../../src/contracts/routes/statements.ts';
import { DownloadButton } from '../organisation/download-button.tsx';
import { invoiceTexts } from '../texts/invoices.ts';
import { isUnfinished, nameOf } from './words.ts';

const texts = invoiceTexts.statement;

export interface StatementProps {
  invoice: InvoiceView;
  /** Where it can be checked. */
  check?: ReactNode;
}

export function Statement({ invoice, check }: StatementProps) {
  const path = readStatement.path.replace(':invoiceId', encodeURIComponent(invoice.invoice_id));
  return (
    <Card>
      <CardTitle component="h2">{texts.title}</CardTitle>
      <CardBody>
        <Content component="p">{texts.what}</Content>
        {isUnfinished(invoice) ? (
          <p>{texts.notFinal}</p>
        ) : (
          <>
            <p>{texts.soon}</p>
            <DownloadButton
              route={{ ...readStatement, path }}
              query={{}}
              name={`${nameOf(invoice)}.statement.gz`}
              label={texts.download}
            />
            {check}
          </>
        )}
      </CardBody>
    </Card>
  );
}
