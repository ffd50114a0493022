/** Keys and tokens of every kind; admin tokens are made here, all are rotated and revoked. */
import { PageSection, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import { type CredentialView, credentialKind } from '../../../src/contracts/credentials.ts';
import { listCredentials } from '../../../src/contracts/routes/credentials.ts';
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
import { credentialTexts as texts } from '../texts/console-operations.ts';
import { Time } from '../time/time.tsx';
import { CredentialActions, MakeToken, type Shown } from './credential-deeds.tsx';
import { SubjectLink } from './subject-link.tsx';

const filterNames = ['kind'] as const;
const names = texts.columns;
const kinds = credentialKind.options.map((value) => ({ value, label: value }));

const columns: readonly Column<CredentialView>[] = [
  { key: 'id', label: names.id, always: true, cell: ({ credential_id }) => credential_id },
  { key: 'kind', label: names.kind, cell: ({ kind }) => kind },
  { key: 'owner', label: names.owner, cell: ({ owner }) => <SubjectLink id={owner} /> },
  { key: 'name', label: names.name, cell: ({ name }) => name ?? common.none },
  { key: 'role', label: names.role, cell: ({ role }) => (role === null ? common.none : texts.roles[role]) },
  { key: 'created', label: names.created, hidden: true, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'used', label: names.used, cell: ({ last_used_on }) => last_used_on ?? common.none },
  { key: 'expires', label: names.expires, cell: ({ expires_at }) => <Time at={expires_at} /> },
  { key: 'revoked', label: names.revoked, cell: ({ revoked_at }) => <Time at={revoked_at} /> },
];

export function Page() {
  const list = useListState(filterNames);
  const [shown, setShown] = useState<Shown | null>(null);
  const actions: Column<CredentialView> = {
    key: 'actions',
    label: names.actions,
    always: true,
    cell: (credential) => <CredentialActions credential={credential} onMade={setShown} />,
  };
  const kind = credentialKind.safeParse(list.filters['kind']).data;
  const credentials = useRead(
    listCredentials,
    { query: { page: list.page, limit: list.limit, ...(kind === undefined ? {} : { kind }) } },
    { keep: true },
  );
  return (
    <>
      <PageTitle title={consoleTexts.credentials} intro={texts.intro} />
      <PageSection className="tenantry-foreign">
        <Once label={shown?.label ?? ''} secret={shown?.secret ?? null} onClose={() => setShown(null)} />
        <List
          name="credentials"
          label={texts.label}
          columns={[...columns, actions]}
          idOf={({ credential_id }) => credential_id}
          state={list}
          read={credentials}
          filters={
            <ListFilter list={list} name="kind" label={texts.kind} all={texts.anyKind} value={kind} options={kinds} />
          }
          actions={
            <ToolbarItem>
              <MakeToken onMade={setShown} />
            </ToolbarItem>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
