/** Who may sign in for a customer: added with a mailed link, and removed. */
import { ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import type { MemberRole } from '../../../src/contracts/route.ts';
import { listAudit } from '../../../src/contracts/routes/audit.ts';
import { addMember, listMembers, removeMember } from '../../../src/contracts/routes/sessions.ts';
import { type MemberView, memberRole } from '../../../src/contracts/sessions.ts';
import { Deed } from '../confirm/deed.tsx';
import { ChoiceField, LineField } from '../confirm/fields.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { useMay } from '../session/session.tsx';
import { memberTexts as texts } from '../texts/console-customer-parts.ts';
import { optionsOf } from '../texts/console-customers.ts';
import { Time } from '../time/time.tsx';

const changes = [listMembers, listAudit];
const names = texts.columns;
const noFilters: readonly string[] = [];
const roleOptions = optionsOf(texts.roles);

const columns: readonly Column<MemberView>[] = [
  { key: 'email', label: names.email, always: true, cell: ({ email }) => email },
  { key: 'role', label: names.role, cell: ({ role }) => texts.roles[role] },
  { key: 'created', label: names.created, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'signedIn', label: names.signedIn, cell: ({ last_signed_in_at }) => <Time at={last_signed_in_at} /> },
];

function AddMember({ customerId }: { customerId: string }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<MemberRole>('viewer');
  return (
    <Deed
      route={addMember}
      label={texts.add.label}
      title={texts.add.title}
      what={
        <>
          <Words of={texts.add.what} />
          <LineField label={texts.add.email} type="email" value={email} onChange={setEmail} />
          <ChoiceField
            label={texts.add.role}
            value={role}
            options={roleOptions}
            onChange={(next) => setRole(memberRole.parse(next))}
          />
        </>
      }
      input={() => ({ params: { customerId }, body: { email, role } })}
      changes={changes}
      onDone={() => setEmail('')}
    />
  );
}

export function Members({ customerId }: { customerId: string }) {
  const list = useListState(noFilters);
  const mayCall = useMay();
  const params = { customerId };
  const members = useRead(listMembers, { params, query: { page: list.page, limit: list.limit } }, { keep: true });
  const doing: Column<MemberView> = {
    key: 'actions',
    label: names.actions,
    always: true,
    cell: ({ member_id, email }) => (
      <Deed
        route={removeMember}
        label={texts.remove.label}
        title={texts.remove.title}
        what={<Words of={texts.remove.what(email)} />}
        isDangerous
        input={() => ({ params: { ...params, memberId: member_id } })}
        changes={changes}
      />
    ),
  };
  return (
    <div className="tenantry-foreign">
      <List
        name="members"
        label={texts.label}
        columns={mayCall(removeMember) ? [...columns, doing] : columns}
        idOf={({ member_id }) => member_id}
        state={list}
        read={members}
        actions={
          <ToolbarItem>
            <AddMember customerId={customerId} />
          </ToolbarItem>
        }
        empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
      />
    </div>
  );
}
