/** Who signs in for the customer: all see them, an owner adds and removes. */
import { Label, PageSection, ToolbarItem } from '@patternfly/react-core';
import { listMembers, removeMember } from '../../../src/contracts/routes/sessions.ts';
import type { MemberView } from '../../../src/contracts/sessions.ts';
import { Deed } from '../confirm/deed.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { useMay, useSession } from '../session/session.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { portalTexts } from '../texts/portal.ts';
import { accountTexts } from '../texts/portal-account.ts';
import { Time } from '../time/time.tsx';
import { AddMember } from './add-member.tsx';
import { useCustomer } from './customer.ts';

const texts = accountTexts.members;
const noFilters = [] as const;
const changes = [listMembers];

function Email({ email }: { email: string }) {
  const { name } = useSession();
  return (
    <span className="tenantry-foreign">
      {email} {email === name ? <Label>{texts.you}</Label> : null}
    </span>
  );
}

function Remove({ member: { member_id: memberId, email } }: { member: MemberView }) {
  const customer = useCustomer();
  return (
    <Deed
      route={removeMember}
      label={texts.remove}
      title={texts.removeTitle}
      what={<p className="tenantry-foreign">{texts.removeWhat(email)}</p>}
      variant="link"
      isDangerous
      input={() => ({ params: { ...customer, memberId } })}
      changes={changes}
    />
  );
}

const columns: readonly Column<MemberView>[] = [
  { key: 'email', label: texts.email, always: true, cell: ({ email }) => <Email email={email} /> },
  { key: 'role', label: texts.role, cell: ({ role }) => texts.roleNames[role] },
  { key: 'since', label: texts.since, cell: ({ created_at }) => <Time at={created_at} /> },
  {
    key: 'last',
    label: texts.lastSignIn,
    cell: ({ last_signed_in_at: at }) => (at === null ? texts.never : <Time at={at} />),
  },
];
const withActions: readonly Column<MemberView>[] = [
  ...columns,
  { key: 'actions', label: texts.actions, always: true, cell: (member) => <Remove member={member} /> },
];

export function Page() {
  const params = useCustomer();
  const mayCall = useMay();
  const list = useListState(noFilters);
  const members = useRead(listMembers, { params, query: { page: list.page, limit: list.limit } }, { keep: true });
  return (
    <>
      <PageTitle title={portalTexts.titles.members} intro={texts.intro} />
      <PageSection>
        <List
          name="members"
          label={texts.label}
          columns={mayCall(removeMember) ? withActions : columns}
          idOf={({ member_id }) => member_id}
          state={list}
          read={members}
          actions={
            <ToolbarItem>
              <AddMember />
            </ToolbarItem>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
