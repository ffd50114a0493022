/** Which organisation an admin looks at. */
import { Content, PageSection } from '@patternfly/react-core';
import { Link, useLocation } from 'react-router';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { listOrganisations } from '../../../src/contracts/routes/organisations.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { organisationTexts } from '../texts/organisation.ts';

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

export function Choose() {
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
