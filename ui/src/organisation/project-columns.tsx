/** What the list of projects shows of each. */
import { Label, LabelGroup } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { BillingProject } from '../../../src/contracts/organisation-billing.ts';
import type { Column } from '../list/columns.ts';
import { organisationTexts } from '../texts/organisation.ts';
import { Time } from '../time/time.tsx';
import { organisationAddress, projectAddress } from './addresses.ts';
import { Dollars } from './dollars.tsx';
import type { ShownOrganisation } from './organisation.tsx';

const texts = organisationTexts.projects;

export function CompleteLabel({ complete }: { complete: boolean }) {
  return (
    <Label isCompact variant="outline" status={complete ? 'success' : 'warning'}>
      {complete ? organisationTexts.isComplete : organisationTexts.incomplete}
    </Label>
  );
}

/** A label's cell or list; each leads to the projects that have it. */
export function ProjectLabels({ labels, to }: { labels: Record<string, string>; to: ShownOrganisation['to'] }) {
  const pairs = Object.entries(labels);
  if (pairs.length === 0) return <>{organisationTexts.labels.none}</>;
  return (
    <LabelGroup aria-label={texts.labels} numLabels={20} className="tenantry-labels">
      {pairs.map(([key, value]) => (
        <Label
          key={key}
          isCompact
          render={({ className, content }) => (
            <Link className={className} to={to(organisationAddress, { label: `${key}:${value}` })}>
              {content}
            </Link>
          )}
        >
          {organisationTexts.labelPair(key, value)}
        </Label>
      ))}
    </LabelGroup>
  );
}

export const projectColumns = (to: ShownOrganisation['to']): readonly Column<BillingProject>[] => [
  {
    key: 'namespace',
    label: texts.namespace,
    always: true,
    sort: 'namespace',
    cell: ({ namespace, cluster_id }) => (
      <Link to={to(projectAddress(namespace), { cluster: cluster_id })} className="tenantry-foreign">
        {namespace}
      </Link>
    ),
  },
  {
    key: 'month',
    label: texts.monthTotal,
    sort: 'current_month_total',
    cell: ({ current_month_total }) => <Dollars of={current_month_total} />,
  },
  {
    key: 'day',
    label: texts.lastDay,
    sort: 'last_day_spend',
    cell: ({ last_day_spend }) => <Dollars of={last_day_spend} />,
  },
  { key: 'forecast', label: texts.forecast, cell: ({ forecast }) => <Dollars of={forecast} /> },
  { key: 'labels', label: texts.labels, cell: ({ labels }) => <ProjectLabels labels={labels} to={to} /> },
  {
    key: 'complete',
    label: organisationTexts.complete,
    cell: ({ complete }) => <CompleteLabel complete={complete} />,
  },
  { key: 'asOf', label: organisationTexts.asOf, sort: 'as_of', cell: ({ as_of }) => <Time at={as_of} /> },
  { key: 'cluster', label: texts.cluster, hidden: true, cell: ({ cluster_id }) => cluster_id },
  {
    key: 'customer',
    label: texts.customer,
    hidden: true,
    cell: ({ customer_id }) => <span className="tenantry-foreign">{customer_id}</span>,
  },
];
