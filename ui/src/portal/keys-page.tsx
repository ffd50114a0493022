/** Account keys: which there are, a new one (shown once), rotating and revoking. */
import { PageSection, ToolbarItem } from '@patternfly/react-core';
import { lazy, Suspense, useState } from 'react';
import type { AccountKeyView } from '../../../src/contracts/customers.ts';
import { listAccountKeys, revokeAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { useMay } from '../session/session.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { portalTexts } from '../texts/portal.ts';
import { accountTexts } from '../texts/portal-account.ts';
import { Time } from '../time/time.tsx';
import { useCustomer } from './customer.ts';
import { KeyActions } from './key-actions.tsx';
import { keyStateOf } from './key-state.ts';
import { MakeKey } from './make-key.tsx';

/** Of nobody's first look. */
const OnceShown = lazy(async () => ({ default: (await import('./once-shown.tsx')).OnceShown }));

const texts = accountTexts.keys;
const noFilters = [] as const;

function State({ accountKey }: { accountKey: AccountKeyView }) {
  const state = keyStateOf(accountKey, Date.now());
  if (state.kind !== 'works_until') return texts[state.kind];
  return (
    <>
      {texts.worksUntil} <Time at={state.at} />
    </>
  );
}

const columns: readonly Column<AccountKeyView>[] = [
  {
    key: 'name',
    label: texts.name,
    always: true,
    cell: ({ name }) => <span className="tenantry-foreign">{name ?? common.none}</span>,
  },
  { key: 'key', label: texts.key, cell: ({ key_id }) => <span className="tenantry-foreign">{key_id}</span> },
  { key: 'created', label: texts.created, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'expires', label: texts.expires, cell: ({ expires_at }) => <Time at={expires_at} /> },
  { key: 'used', label: texts.lastUsed, cell: ({ last_used_on }) => last_used_on ?? texts.never },
  { key: 'state', label: texts.state, cell: (accountKey) => <State accountKey={accountKey} /> },
];

const isEnded = (accountKey: AccountKeyView): boolean =>
  ['revoked', 'expired'].includes(keyStateOf(accountKey, Date.now()).kind);

export function Page() {
  const params = useCustomer();
  const mayCall = useMay();
  const list = useListState(noFilters);
  const keys = useRead(listAccountKeys, { params, query: { page: list.page, limit: list.limit } }, { keep: true });
  const [secret, setSecret] = useState<string | null>(null);
  const actions: Column<AccountKeyView> = {
    key: 'actions',
    label: texts.actions,
    always: true,
    cell: (accountKey) =>
      isEnded(accountKey) ? common.none : <KeyActions accountKey={accountKey} onMade={setSecret} />,
  };
  return (
    <>
      <PageTitle title={portalTexts.titles.keys} intro={texts.intro} />
      <PageSection>
        <List
          name="account-keys"
          label={texts.label}
          columns={mayCall(revokeAccountKey) ? [...columns, actions] : columns}
          idOf={({ key_id }) => key_id}
          state={list}
          read={keys}
          actions={
            <ToolbarItem>
              <MakeKey onMade={setSecret} />
            </ToolbarItem>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
        {secret === null ? null : (
          <Suspense fallback={null}>
            <OnceShown secret={secret} onKept={() => setSecret(null)} />
          </Suspense>
        )}
      </PageSection>
    </>
  );
}
