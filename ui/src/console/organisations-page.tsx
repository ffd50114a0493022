/** Organisations, and making one. */
import { PageSection, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { OrganisationView } from '../../../src/contracts/organisations.ts';
import { createOrganisation, listOrganisations } from '../../../src/contracts/routes/organisations.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { consoleTexts } from '../texts/console.ts';
import { organisationTexts as texts } from '../texts/console-operations.ts';
import { Time } from '../time/time.tsx';
import { organisationAddress } from './addresses.ts';

const noFilters: readonly string[] = [];
const names = texts.columns;

const columns: readonly Column<OrganisationView>[] = [
  {
    key: 'name',
    label: names.name,
    always: true,
    cell: ({ organisation_id, name }) => <Link to={organisationAddress(organisation_id)}>{name}</Link>,
  },
  { key: 'slug', label: names.slug, cell: ({ slug }) => slug },
  { key: 'issuer', label: names.issuer, cell: ({ issuer }) => issuer ?? common.none },
  { key: 'created', label: names.created, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'id', label: names.id, hidden: true, cell: ({ organisation_id }) => organisation_id },
];

function CreateOrganisation() {
  const [name, setName] = useState('');
  const [slug, setSlug] = useState('');
  const navigate = useNavigate();
  return (
    <Deed
      route={createOrganisation}
      label={texts.create.label}
      title={texts.create.title}
      what={
        <>
          <Words of={texts.create.what} />
          <LineField label={texts.create.name} value={name} onChange={setName} />
          <LineField label={texts.create.slug} value={slug} onChange={setSlug} isNeeded={false} />
        </>
      }
      input={() => ({ body: { name, ...(slug.trim() === '' ? {} : { slug }) } })}
      changes={[listOrganisations]}
      onDone={({ organisation }) => void navigate(organisationAddress(organisation.organisation_id))}
    />
  );
}

export function Page() {
  const list = useListState(noFilters);
  const organisations = useRead(listOrganisations, { query: { page: list.page, limit: list.limit } }, { keep: true });
  return (
    <>
      <PageTitle title={consoleTexts.organisations} intro={texts.intro} />
      <PageSection className="tenantry-foreign">
        <List
          name="organisations"
          label={texts.label}
          columns={columns}
          idOf={({ organisation_id }) => organisation_id}
          state={list}
          read={organisations}
          actions={
            <ToolbarItem>
              <CreateOrganisation />
            </ToolbarItem>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
