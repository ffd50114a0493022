/** Checks a bill by its statement, in the reader's own browser: one that was saved, or that of an invoice. */
import { Button, Card, CardBody, CardTitle, FormGroup, PageSection, Stack, StackItem } from '@patternfly/react-core';
import { useSearchParams } from 'react-router';
import { readStatement, readStatementKeys } from '../../../src/contracts/routes/statements.ts';
import type { PublicKeySet } from '../../../src/contracts/statements.ts';
import { useRead } from '../data/use-read.ts';
import { PageTitle } from '../shell/page-title.tsx';
import { FailureAlert } from '../states/failure-alert.tsx';
import { LinesLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { portalTexts } from '../texts/portal.ts';
import { statementTexts as texts } from '../texts/portal-statements.ts';
import { BillVerdict } from './bill-verdict.tsx';
import { useBillCheck } from './check-bill.ts';
import { useCustomer } from './customer.ts';

const fieldId = 'statement-file';

function Check({ keys, invoiceId }: { keys: PublicKeySet; invoiceId: string | null }) {
  const check = useBillCheck({ keys, ...useCustomer() });
  const open = (file: File | undefined) => {
    if (file !== undefined) check.mutate({ file });
  };
  return (
    <Stack hasGutter>
      {invoiceId === null ? null : (
        <StackItem>
          <Button
            variant="primary"
            data-operation={readStatement.operation}
            isLoading={check.isPending}
            isDisabled={check.isPending}
            spinnerAriaValueText={texts.checking}
            onClick={() => check.mutate({ invoiceId })}
          >
            {texts.fetch(invoiceId)}
          </Button>
        </StackItem>
      )}
      <StackItem>
        <FormGroup label={texts.file} fieldId={fieldId}>
          <input
            id={fieldId}
            type="file"
            accept=".gz,.statement"
            className="tenantry-file"
            aria-describedby={`${fieldId}-help`}
            disabled={check.isPending}
            onChange={({ target }) => open(target.files?.[0])}
          />
          <p id={`${fieldId}-help`}>{texts.fileHelp}</p>
        </FormGroup>
      </StackItem>
      {check.error !== null ? (
        <StackItem>
          <FailureAlert failure={check.error.failure} />
        </StackItem>
      ) : null}
      {check.data === undefined ? null : (
        <StackItem>
          <BillVerdict verdict={check.data} />
        </StackItem>
      )}
    </Stack>
  );
}

export function Page() {
  const keys = useRead(readStatementKeys, {});
  const [address] = useSearchParams();
  return (
    <>
      <PageTitle title={portalTexts.titles.statements} intro={texts.intro} />
      <PageSection>
        <Card>
          <CardTitle component="h2">{texts.part}</CardTitle>
          <CardBody>
            <ReadPart read={keys} loading={<LinesLoading count={4} />}>
              {(found) => <Check keys={found} invoiceId={address.get('invoice')} />}
            </ReadPart>
          </CardBody>
        </Card>
      </PageSection>
    </>
  );
}
