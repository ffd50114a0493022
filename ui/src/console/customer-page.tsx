/** One customer, part by part; each part is an address of its own. */
import { PageSection } from '@patternfly/react-core';
import { lazy, type ReactNode, Suspense } from 'react';
import { useParams, useSearchParams } from 'react-router';
import type { CustomerAnswer } from '../../../src/contracts/customers.ts';
import { readCustomer } from '../../../src/contracts/routes/customers.ts';
import { readDeployment } from '../../../src/contracts/routes/deployments.ts';
import { useRead } from '../data/use-read.ts';
import { LinkTabs } from '../list/link-tabs.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { LinesLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { consoleTexts } from '../texts/console.ts';
import { customerTexts as texts } from '../texts/console-customers.ts';
import { customerAddress, customersAddress } from './addresses.ts';
import { CustomerActions } from './customer-actions.tsx';
import { Overview } from './customer-overview.tsx';
import { SubscriptionLabel } from './status-labels.tsx';

/** Parts that are of nobody's first look. */
const Audit = lazy(async () => ({ default: (await import('./customer-audit.tsx')).Audit }));
const Billing = lazy(async () => ({ default: (await import('./customer-billing.tsx')).Billing }));
const Cost = lazy(async () => ({ default: (await import('./customer-cost.tsx')).Cost }));
const Invoices = lazy(async () => ({ default: (await import('./customer-invoices.tsx')).Invoices }));
const Keys = lazy(async () => ({ default: (await import('./customer-keys.tsx')).Keys }));
const Licence = lazy(async () => ({ default: (await import('./customer-licence.tsx')).Licence }));
const Members = lazy(async () => ({ default: (await import('./customer-members.tsx')).Members }));
const Subscription = lazy(async () => ({
  default: (await import('./customer-subscription.tsx')).Subscription,
}));
const Usage = lazy(async () => ({ default: (await import('./customer-usage.tsx')).Usage }));

const everyMs = 5_000;

type Tab = keyof typeof texts.tabs;
const tabs = Object.keys(texts.tabs) as Tab[];

const bodies: Record<Tab, (answer: CustomerAnswer, customerId: string) => ReactNode> = {
  overview: (answer) => <Overview answer={answer} />,
  subscription: (_, customerId) => <Subscription customerId={customerId} />,
  usage: (_, customerId) => <Usage customerId={customerId} />,
  cost: (_, customerId) => <Cost customerId={customerId} />,
  billing: (_, customerId) => <Billing customerId={customerId} />,
  invoices: (_, customerId) => <Invoices customerId={customerId} />,
  licence: (_, customerId) => <Licence customerId={customerId} />,
  keys: (_, customerId) => <Keys customerId={customerId} />,
  members: (_, customerId) => <Members customerId={customerId} />,
  audit: (_, customerId) => <Audit customerId={customerId} />,
};

export function Page() {
  const { customerId = '' } = useParams();
  const [query] = useSearchParams();
  const read = useRead(readCustomer, { params: { customerId } }, { everyMs });
  const deployment = useRead(readDeployment, { params: { customerId } });
  const chosen = tabs.find((one) => one === query.get('tab')) ?? 'overview';
  const at = customerAddress(customerId);
  const answer = read.data;
  return (
    <>
      <PageTitle
        title={answer?.customer.company_name ?? consoleTexts.customer}
        above={{ label: texts.toList, to: customersAddress }}
        {...(answer === undefined ? {} : { label: <SubscriptionLabel status={answer.subscription.status} /> })}
        actions={
          answer === undefined ? null : (
            <CustomerActions
              answer={answer}
              reasonCode={deployment.data?.observed.reason_code ?? null}
              hasDrift={(deployment.data?.drift.length ?? 0) > 0}
            />
          )
        }
      />
      <PageSection type="tabs">
        <LinkTabs
          label={texts.tabsLabel}
          tabs={tabs.map((one) => ({
            label: texts.tabs[one],
            to: one === 'overview' ? at : `${at}?${new URLSearchParams({ tab: one })}`,
            isActive: one === chosen,
          }))}
        />
      </PageSection>
      <PageSection>
        <ReadPart read={read}>
          {(found) => <Suspense fallback={<LinesLoading />}>{bodies[chosen](found, customerId)}</Suspense>}
        </ReadPart>
      </PageSection>
    </>
  );
}
