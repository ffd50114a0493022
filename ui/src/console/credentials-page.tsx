/** Keys and tokens of every kind; admin tokens are made here. */
import { PageSection, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import type { z } from 'zod';
import { adminRole, type CredentialView, credentialKind } from '../../../src/contracts/credentials.ts';
import { listCredentials, makeAdminToken, revokeCredential } from '../../../src/contracts/routes/credentials.ts';
import { Deed } from '../confirm/deed.tsx';
import { ChoiceField, LineField } from '../confirm/fields.tsx';
import { Once } from '../confirm/once.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { consoleTexts } from '../texts/console.ts';
import { optionsOf } from '../texts/console-customers.ts';
import { credentialTexts as texts } from '../texts/console-operations.ts';
import { Time } from '../time/time.tsx';
import { SubjectLink } from './subject-link.tsx';

const filterNames = ['kind'] as const;
const names = texts.columns;
const changes = [listCredentials];
const kinds = credentialKind.options.map((value) => ({ value, label: value }));
const roleOptions = optionsOf(texts.roles);

const columns: readonly Column<CredentialView>[] = [
  { key: 'id', label: names.id, always: true, cell: ({ credential_id }) => credential_id },
  { key: 'kind', label: names.kind, cell: ({ kind }) => kind },
  { key: 'owner', label: names.owner, cell: ({ owner }) => <SubjectLink id={owner} /> },
  { key: 'name', label: names.name, cell: ({ name }) => name ?? common.none },
  { key: 'role', label: names.role, cell: ({ role }) => (role === null ? common.none : texts.roles[role]) },
  { key: 'created', label: names.created, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'used', label: names.used, cell: ({ last_used_on }) => last_used_on ?? common.none },
  { key: 'expires', label: names.expires, hidden: true, cell: ({ expires_at }) => <Time at={expires_at} /> },
  { key: 'revoked', label: names.revoked, cell: ({ revoked_at }) => <Time at={revoked_at} /> },
  {
    key: 'actions',
    label: names.actions,
    always: true,
    cell: ({ credential_id, name, revoked_at }) =>
      revoked_at === null ? (
        <Deed
          route={revokeCredential}
          label={texts.revoke.label}
          title={texts.revoke.title}
          what={<Words of={[name ?? credential_id, ...texts.revoke.what]} />}
          isDangerous
          input={() => ({ params: { credentialId: credential_id } })}
          changes={changes}
        />
      ) : null,
  },
];

function MakeToken({ onSecret }: { onSecret: (secret: string) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<z.infer<typeof adminRole>>('viewer');
  return (
    <Deed
      route={makeAdminToken}
      label={texts.make.label}
      title={texts.make.title}
      what={
        <>
          <Words of={texts.make.what} />
          <LineField label={texts.make.name} value={name} onChange={setName} />
          <ChoiceField
            label={texts.make.role}
            value={role}
            options={roleOptions}
            onChange={(next) => setRole(adminRole.parse(next))}
          />
        </>
      }
      input={() => ({ body: { name, role } })}
      changes={changes}
      onDone={({ token }) => {
        setName('');
        onSecret(token);
      }}
    />
  );
}

export function Page() {
  const list = useListState(filterNames);
  const [secret, setSecret] = useState<string | null>(null);
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
        <Once label={texts.secret} secret={secret} onClose={() => setSecret(null)} />
        <List
          name="credentials"
          label={texts.label}
          columns={columns}
          idOf={({ credential_id }) => credential_id}
          state={list}
          read={credentials}
          filters={
            <ListFilter list={list} name="kind" label={texts.kind} all={texts.anyKind} value={kind} options={kinds} />
          }
          actions={
            <ToolbarItem>
              <MakeToken onSecret={setSecret} />
            </ToolbarItem>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
