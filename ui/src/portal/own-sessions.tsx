/** Where somebody is signed in, and ending it there. The session of this window ends by signing out. */
import { Label } from '@patternfly/react-core';
import { endSession, listSessions } from '../../../src/contracts/routes/sessions.ts';
import type { SessionView } from '../../../src/contracts/sessions.ts';
import { Deed } from '../confirm/deed.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { accountTexts } from '../texts/portal-account.ts';
import { Time } from '../time/time.tsx';

const texts = accountTexts.signIns;
const noFilters = [] as const;
const changes = [listSessions];

const End = ({ sessionId }: { sessionId: string }) => (
  <Deed
    route={endSession}
    label={texts.end}
    title={texts.endTitle}
    what={<p>{texts.endWhat}</p>}
    variant="link"
    isDangerous
    input={() => ({ params: { sessionId } })}
    changes={changes}
  />
);

const columns: readonly Column<SessionView>[] = [
  { key: 'began', label: texts.began, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'used', label: texts.used, cell: ({ last_used_at }) => <Time at={last_used_at} /> },
  { key: 'ends', label: texts.ends, cell: ({ expires_at }) => <Time at={expires_at} /> },
  {
    key: 'session',
    label: texts.session,
    always: true,
    cell: ({ session_id, current }) => (current ? <Label>{texts.here}</Label> : <End sessionId={session_id} />),
  },
];

export function OwnSessions() {
  const list = useListState(noFilters);
  const sessions = useRead(listSessions, { query: { page: list.page, limit: list.limit } }, { keep: true });
  return (
    <List
      name="sessions"
      label={texts.label}
      columns={columns}
      idOf={({ session_id }) => session_id}
      state={list}
      read={sessions}
      empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
    />
  );
}
