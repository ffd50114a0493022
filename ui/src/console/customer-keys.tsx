/** A customer's account keys: made, rotated, revoked. A secret is shown once. */
import { ActionList, ActionListItem, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import type { AccountKeyView } from '../../../src/contracts/customers.ts';
import {
  listAccountKeys,
  makeAccountKey,
  revokeAccountKey,
  rotateAccountKey,
} from '../../../src/contracts/routes/account-keys.ts';
import { listAudit } from '../../../src/contracts/routes/audit.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { expiringAfter, LastDayField } from '../confirm/last-day.tsx';
import { Once } from '../confirm/once.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { useMay } from '../session/session.tsx';
import { common } from '../texts/common.ts';
import { keyTexts as texts } from '../texts/console-customer-parts.ts';
import { Time } from '../time/time.tsx';

const changes = [listAccountKeys, listAudit];
const names = texts.columns;
const noFilters: readonly string[] = [];

const isOver = ({ revoked_at, rotated_to }: AccountKeyView) => revoked_at !== null || rotated_to !== null;

interface KeyActionsProps {
  customerId: string;
  one: AccountKeyView;
  onSecret: (secret: string) => void;
}

function KeyActions({ customerId, one, onSecret }: KeyActionsProps) {
  if (isOver(one)) return null;
  const params = { customerId, keyId: one.key_id };
  return (
    <ActionList>
      <ActionListItem>
        <Deed
          route={rotateAccountKey}
          label={texts.rotate.label}
          title={texts.rotate.title}
          what={<Words of={[one.key_id, ...texts.rotate.what]} />}
          input={() => ({ params, body: {} })}
          changes={changes}
          onDone={({ api_key }) => onSecret(api_key)}
        />
      </ActionListItem>
      <ActionListItem>
        <Deed
          route={revokeAccountKey}
          label={texts.revoke.label}
          title={texts.revoke.title}
          what={<Words of={[one.key_id, ...texts.revoke.what]} />}
          isDangerous
          input={() => ({ params })}
          changes={changes}
        />
      </ActionListItem>
    </ActionList>
  );
}

const columns: readonly Column<AccountKeyView>[] = [
  { key: 'id', label: names.id, always: true, cell: ({ key_id }) => key_id },
  { key: 'name', label: names.name, cell: ({ name }) => name ?? common.none },
  { key: 'created', label: names.created, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'used', label: names.used, cell: ({ last_used_on }) => last_used_on ?? common.none },
  { key: 'expires', label: names.expires, cell: ({ expires_at }) => <Time at={expires_at} /> },
  { key: 'revoked', label: names.revoked, cell: ({ revoked_at }) => <Time at={revoked_at} /> },
];

export function Keys({ customerId }: { customerId: string }) {
  const list = useListState(noFilters);
  const mayCall = useMay();
  const [secret, setSecret] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [lastDay, setLastDay] = useState('');
  const params = { customerId };
  const keys = useRead(listAccountKeys, { params, query: { page: list.page, limit: list.limit } }, { keep: true });
  const doing: Column<AccountKeyView> = {
    key: 'actions',
    label: names.actions,
    always: true,
    cell: (one) => <KeyActions customerId={customerId} one={one} onSecret={setSecret} />,
  };
  return (
    <div className="tenantry-foreign">
      <Once label={texts.secret} secret={secret} onClose={() => setSecret(null)} />
      <List
        name="account-keys"
        label={texts.label}
        columns={mayCall(revokeAccountKey) ? [...columns, doing] : columns}
        idOf={({ key_id }) => key_id}
        state={list}
        read={keys}
        actions={
          <ToolbarItem>
            <Deed
              route={makeAccountKey}
              label={texts.make.label}
              title={texts.make.title}
              what={
                <>
                  <Words of={texts.make.what} />
                  <LineField label={texts.make.name} value={name} onChange={setName} isNeeded={false} />
                  <LastDayField value={lastDay} onChange={setLastDay} />
                </>
              }
              input={() => ({ params, body: { ...(name.trim() === '' ? {} : { name }), ...expiringAfter(lastDay) } })}
              changes={changes}
              onDone={({ api_key }) => {
                setName('');
                setLastDay('');
                setSecret(api_key);
              }}
            />
          </ToolbarItem>
        }
        empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
      />
    </div>
  );
}
