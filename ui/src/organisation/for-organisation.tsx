/** What is inside, for the organisation that is looked at: an admin chooses one first, and some of it is an org-admin's only. */
import { Content, EmptyState, EmptyStateBody, PageSection } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { listOrganisations } from '../../../src/contracts/routes/organisations.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { organisationTexts } from '../texts/organisation.ts';
import { useOrganisation } from './organisation.tsx';

const texts = organisationTexts.choose;

type Organisation = AnswerTo<typeof listOrganisations>['items'][number];

function ToOrganisation({ slug, name }: Pick<Organisation, 'slug' | 'name'>) {
  const { pathname } = useLocation();
  return (
    <Link to={`${pathname}?${new URLSearchParams({ organisation: slug })}`} className="tenantry-foreign">
      {name}
    </Link>
  );
}

const columns: readonly Column<Organisation>[] = [
  { key: 'name', label: texts.name, always: true, cell: (one) => <ToOrganisation {...one} /> },
  { key: 'slug', label: texts.slug, cell: ({ slug }) => <span className="tenantry-foreign">{slug}</span> },
];
const noFilters: readonly string[] = [];

function Choose() {
  const list = useListState(noFilters);
  const read = useRead(listOrganisations, { query: { page: list.page, limit: list.limit } }, { keep: true });
  return (
    <PageSection>
      <Content component="h1">{texts.title}</Content>
      <List
        name="organisations"
        label={texts.label}
        columns={columns}
        idOf={({ organisation_id }) => organisation_id}
        state={list}
        read={read}
        empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
      />
    </PageSection>
  );
}

export interface ForOrganisationProps {
  children: ReactNode;
  /** Only who is an org-admin, or an admin, sees it. */
  isOrgAdminOnly?: boolean;
}

export function ForOrganisation({ children, isOrgAdminOnly = false }: ForOrganisationProps) {
  const { name, isOrgAdmin } = useOrganisation();
  if (name === null) return <Choose />;
  if (!isOrgAdminOnly || isOrgAdmin) return <>{children}</>;
  return (
    <PageSection>
      <EmptyState headingLevel="h1" titleText={organisationTexts.orgAdminTitle}>
        <EmptyStateBody>{organisationTexts.orgAdminOnly}</EmptyStateBody>
      </EmptyState>
    </PageSection>
  );
}
