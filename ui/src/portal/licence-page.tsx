/** The licence in force: what it says, the licence itself to copy, and those before it. */
import { Content, Grid, GridItem, PageSection } from '@patternfly/react-core';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { listLicences, readLicence } from '../../../src/contracts/routes/licences.ts';
import { CopiedText } from '../confirm/copied-text.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { Digits } from '../money/numbers.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { portalTexts } from '../texts/portal.ts';
import { accountTexts } from '../texts/portal-account.ts';
import { Time } from '../time/time.tsx';
import { useCustomer } from './customer.ts';
import { LicenceWords } from './licence-claims.tsx';
import { Part } from './part.tsx';

const texts = accountTexts.licence;
type Issued = AnswerTo<typeof listLicences>['history'][number];

const columns: readonly Column<Issued>[] = [
  { key: 'generated', label: texts.generated, cell: ({ generated_at }) => <Time at={generated_at} /> },
  { key: 'action', label: texts.action, cell: ({ action }) => action.replaceAll('_', ' ') },
  { key: 'plan', label: texts.plan, cell: ({ plan }) => plan },
  {
    key: 'devices',
    label: texts.devices,
    cell: ({ max_devices }) => <Digits>{max_devices === null ? texts.unlimited : max_devices}</Digits>,
  },
  {
    key: 'revoked',
    label: texts.revoked,
    cell: ({ revoked_at, revoked_reason }) => (
      <span className="tenantry-foreign">
        <Time at={revoked_at} /> {revoked_reason === null ? '' : texts.revokedBecause(revoked_reason)}
      </span>
    ),
  },
];

export function Page() {
  const params = useCustomer();
  const licence = useRead(readLicence, { params });
  const history = useRead(listLicences, { params });
  return (
    <>
      <PageTitle title={portalTexts.titles.licence} intro={texts.intro} />
      <PageSection>
        <Grid hasGutter>
          <GridItem lg={6}>
            <Part title={texts.facts} read={licence} lines={12}>
              {({ decoded }) => <LicenceWords claims={decoded} />}
            </Part>
          </GridItem>
          <GridItem lg={6}>
            <Part title={texts.copyTitle} read={licence} lines={2}>
              {({ license }) => <CopiedText label={texts.text} text={license} />}
            </Part>
          </GridItem>
        </Grid>
      </PageSection>
      <PageSection>
        <Content component="h2">{texts.history}</Content>
        <PlainList
          label={texts.historyLabel}
          columns={columns}
          idOf={({ id }) => id}
          read={{ ...history, data: history.data?.history }}
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
