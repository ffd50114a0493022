/** Every version of every plan, with its subscribers. */
import { Label, PageSection } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { checkPlans, listPlans } from '../../../src/contracts/routes/plans.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { moneyText } from '../money/money-text.ts';
import { Digits } from '../money/numbers.tsx';
import { useMay } from '../session/session.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { consoleTexts } from '../texts/console.ts';
import { catalogueTexts as texts } from '../texts/console-catalogue.ts';
import { changeAddress, subscribersOf } from './addresses.ts';

const names = texts.columns;
type Version = AnswerTo<typeof listPlans>['items'][number];

const columns: readonly Column<Version>[] = [
  { key: 'name', label: names.name, cell: ({ name }) => name },
  { key: 'plan', label: names.plan, cell: ({ plan }) => plan },
  { key: 'version', label: names.version, cell: ({ version }) => version },
  {
    key: 'state',
    label: names.state,
    cell: ({ state }) => (
      <Label isCompact variant="outline" {...(state === 'sold' ? { status: 'success' as const } : {})}>
        {texts.states[state]}
      </Label>
    ),
  },
  {
    key: 'fee',
    label: names.fee,
    cell: ({ fee_cents, interval }) => <Digits>{texts.fee(moneyText(fee_cents), interval)}</Digits>,
  },
  {
    key: 'subscribers',
    label: names.subscribers,
    cell: ({ plan, subscribers }) =>
      subscribers === null ? (
        common.none
      ) : (
        <Link to={subscribersOf(plan)} className="tenantry-number">
          {subscribers}
        </Link>
      ),
  },
  { key: 'stripe', label: names.stripe, cell: ({ stripe_price_id }) => stripe_price_id ?? common.none },
];

export function Page() {
  const plans = useRead(listPlans, {});
  const mayCall = useMay();
  return (
    <>
      <PageTitle
        title={consoleTexts.catalogue}
        intro={texts.intro}
        actions={
          mayCall(checkPlans) ? (
            <Link to={changeAddress} data-operation={checkPlans.operation}>
              {texts.toChange}
            </Link>
          ) : null
        }
      />
      <PageSection className="tenantry-foreign">
        <PlainList
          label={texts.label}
          columns={columns}
          idOf={({ plan, version }) => [plan, version].join(' ')}
          read={{ ...plans, data: plans.data?.items }}
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
