/** Every customer: searched, by subscription and plan, page by page. */
import { PageSection, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import { Link } from 'react-router';
import { type CustomerList, customersQuery, subscriptionStatus } from '../../../src/contracts/customers.ts';
import { listCustomers } from '../../../src/contracts/routes/customers.ts';
import { listPlans } from '../../../src/contracts/routes/plans.ts';
import { Once } from '../confirm/once.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { consoleTexts } from '../texts/console.ts';
import { optionsOf, customerTexts as texts } from '../texts/console-customers.ts';
import { Time } from '../time/time.tsx';
import { customerAddress, organisationAddress } from './addresses.ts';
import { BillingStatus } from './billing-status.tsx';
import { CreateCustomer } from './create-customer.tsx';
import { DeploymentLabel, SubscriptionLabel } from './status-labels.tsx';

const filterNames = ['status', 'plan'] as const;
const statusOptions = optionsOf(texts.statuses);
const names = texts.columns;
const everyMs = 30_000;

type Row = CustomerList['items'][number];
const Foreign = ({ text }: { text: string | null }) => <span className="tenantry-foreign">{text ?? common.none}</span>;

const columns: readonly Column<Row>[] = [
  {
    key: 'company',
    label: names.company,
    always: true,
    cell: ({ customer_id, company_name }) => (
      <Link to={customerAddress(customer_id)} className="tenantry-foreign">
        {company_name}
      </Link>
    ),
  },
  { key: 'email', label: names.email, cell: ({ email }) => <Foreign text={email} /> },
  { key: 'plan', label: names.plan, cell: ({ plan }) => <Foreign text={plan} /> },
  { key: 'status', label: names.status, cell: ({ status }) => <SubscriptionLabel status={status} /> },
  {
    key: 'deployment',
    label: names.deployment,
    cell: ({ deployment_status }) => <DeploymentLabel status={deployment_status} />,
  },
  { key: 'created', label: names.created, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'name', label: names.name, hidden: true, cell: ({ full_name }) => <Foreign text={full_name} /> },
  { key: 'id', label: names.id, hidden: true, cell: ({ customer_id }) => <Foreign text={customer_id} /> },
  {
    key: 'organisation',
    label: names.organisation,
    hidden: true,
    cell: ({ organisation_id }) => (
      <Link to={organisationAddress(organisation_id)} className="tenantry-foreign">
        {organisation_id}
      </Link>
    ),
  },
  {
    key: 'stripe',
    label: names.stripe,
    hidden: true,
    cell: ({ stripe_customer_id }) => <Foreign text={stripe_customer_id} />,
  },
];

/** The plans that there are, a version of each told apart by its slug only. */
function usePlanOptions(): { value: string; label: string }[] {
  const { data } = useRead(listPlans, {});
  const bySlug = new Map(data?.items.map(({ plan, name }) => [plan, name]));
  return [...bySlug].map(([value, label]) => ({ value, label }));
}

export function Page() {
  const list = useListState(filterNames);
  const status = subscriptionStatus.safeParse(list.filters['status']).data;
  const plan = customersQuery.shape.plan.safeParse(list.filters['plan']).data;
  const plans = usePlanOptions();
  const [secret, setSecret] = useState<string | null>(null);
  const customers = useRead(
    listCustomers,
    {
      query: {
        page: list.page,
        limit: list.limit,
        ...(list.q === '' ? {} : { q: list.q }),
        ...(status === undefined ? {} : { status }),
        ...(plan === undefined ? {} : { plan }),
      },
    },
    { everyMs, keep: true },
  );
  return (
    <>
      <PageTitle title={consoleTexts.customers} intro={texts.intro} actions={<BillingStatus />} />
      <PageSection>
        <Once label={texts.create.secret} secret={secret} onClose={() => setSecret(null)} />
        <List
          name="customers"
          label={texts.listLabel}
          columns={columns}
          idOf={({ customer_id }) => customer_id}
          state={list}
          read={customers}
          searchLabel={texts.searchLabel}
          filters={
            <>
              <ListFilter
                list={list}
                name="status"
                label={texts.status}
                all={texts.anyStatus}
                value={status}
                options={statusOptions}
              />
              <ListFilter list={list} name="plan" label={texts.plan} all={texts.anyPlan} value={plan} options={plans} />
            </>
          }
          actions={
            <ToolbarItem>
              <CreateCustomer plans={plans} onSecret={setSecret} />
            </ToolbarItem>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
