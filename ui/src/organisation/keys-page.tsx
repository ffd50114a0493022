/** Keys of the organisation, with which its Prometheus reads metrics: made, shown once, revoked. */
import { PageSection, Stack, StackItem, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import {
  listOrganisationKeys,
  makeOrganisationKey,
  revokeOrganisationKey,
} from '../../../src/contracts/routes/organisation-keys.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { Once } from '../confirm/once.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { common } from '../texts/common.ts';
import { organisationTexts } from '../texts/organisation.ts';
import { Time } from '../time/time.tsx';
import { forOrganisation } from './for-organisation.tsx';
import { type ShownOrganisation, useOrganisation } from './organisation.tsx';
import { OrganisationHeader } from './organisation-header.tsx';

const texts = organisationTexts.keys;
const noFilters: readonly string[] = [];
const nameCharsMax = 100;

type Key = AnswerTo<typeof listOrganisationKeys>['data']['items'][number];

const nameOf = ({ name, key_id }: Key): string => name ?? key_id;

const columnsOf = (query: ShownOrganisation['query']): readonly Column<Key>[] => [
  {
    key: 'name',
    label: texts.name,
    always: true,
    cell: (key) => <span className="tenantry-foreign">{nameOf(key)}</span>,
  },
  { key: 'created', label: texts.created, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'expires', label: texts.expires, cell: ({ expires_at }) => <Time at={expires_at} /> },
  { key: 'lastUsed', label: texts.lastUsed, cell: ({ last_used_on }) => last_used_on ?? common.none },
  {
    key: 'state',
    label: texts.state,
    always: true,
    cell: (key) =>
      key.revoked_at === null ? (
        <Deed
          route={revokeOrganisationKey}
          label={texts.revoke}
          title={texts.revokeTitle(nameOf(key))}
          what={texts.revokeWhat}
          isDangerous
          input={() => ({ params: { keyId: key.key_id }, query })}
          changes={[listOrganisationKeys]}
        />
      ) : (
        <>
          {texts.revokedAt} <Time at={key.revoked_at} />
        </>
      ),
  },
  {
    key: 'id',
    label: texts.id,
    hidden: true,
    cell: ({ key_id }) => <span className="tenantry-foreign">{key_id}</span>,
  },
];

/** The end of a day in UTC, which the API takes as an instant. */
const endOfDay = (day: string): string => `${day}T23:59:59.999Z`;

function MakeKey({ onMade }: { onMade: (secret: string) => void }) {
  const { query } = useOrganisation();
  const [name, setName] = useState('');
  const [lastDay, setLastDay] = useState('');
  return (
    <Deed
      route={makeOrganisationKey}
      label={texts.make}
      title={texts.makeTitle}
      variant="primary"
      what={
        <Stack hasGutter>
          <StackItem>{texts.makeWhat}</StackItem>
          <StackItem>
            <LineField
              label={texts.nameMaybe}
              value={name}
              charsMax={nameCharsMax}
              isNeeded={false}
              onChange={setName}
            />
          </StackItem>
          <StackItem>
            <LineField label={texts.expiresMaybe} type="date" value={lastDay} isNeeded={false} onChange={setLastDay} />
          </StackItem>
        </Stack>
      }
      input={() => ({
        query,
        body: {
          ...(name.trim() === '' ? {} : { name: name.trim() }),
          ...(lastDay === '' ? {} : { expires_at: endOfDay(lastDay) }),
        },
      })}
      changes={[listOrganisationKeys]}
      onDone={({ data }) => {
        setName('');
        setLastDay('');
        onMade(data.api_key);
      }}
    />
  );
}

function Keys() {
  const { query } = useOrganisation();
  const list = useListState(noFilters);
  const [secret, setSecret] = useState<string | null>(null);
  const read = useRead(
    listOrganisationKeys,
    { query: { ...query, page: list.page, limit: list.limit } },
    { keep: true },
  );
  return (
    <>
      <OrganisationHeader title={texts.title} intro={texts.intro} />
      <PageSection>
        <Once label={texts.newKey} secret={secret} onClose={() => setSecret(null)} />
        <List
          name="organisation-keys"
          label={texts.label}
          columns={columnsOf(query)}
          idOf={({ key_id }) => key_id}
          state={list}
          read={{ ...read, data: read.data?.data }}
          actions={
            <ToolbarItem>
              <MakeKey onMade={setSecret} />
            </ToolbarItem>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}

export const Page = forOrganisation(Keys, { isOrgAdminOnly: true });
