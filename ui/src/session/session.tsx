/** Who is signed in, for every page: asked for once, and again when a call says that nobody is. */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext } from 'react';
import { Navigate, useLocation } from 'react-router';
import type { Route } from '../../../src/contracts/route.ts';
import { readSession } from '../../../src/contracts/routes/sessions.ts';
import type { SessionView } from '../../../src/contracts/sessions.ts';
import { keyOf, useRead } from '../data/use-read.ts';
import { FailureState } from '../states/failure-state.tsx';
import { PageLoading } from '../states/loading.tsx';
import { may } from './may.ts';
import { signInAddress } from './return-to.ts';

const SessionContext = createContext<SessionView | null>(null);

/** The key under which the session is known. */
export const sessionKey = keyOf(readSession, {});

/** The session of this page. Throws outside of WithSession: such a page would be shown to nobody in particular. */
export function useSession(): SessionView {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('this page needs a session');
  return session;
}

/** Whether whoever is signed in may call a route. */
export function useMay(): (route: Pick<Route, 'allow'>) => boolean {
  const session = useSession();
  return (route) => may(session, route);
}

/** Shows what is inside to who is signed in; sends everybody else to the sign-in page, which leads back. */
export function WithSession({ children }: { children: ReactNode }) {
  const { pathname, search } = useLocation();
  const { data, error, refetch } = useRead(readSession, {});
  const known = useQueryClient().getQueryState(sessionKey);
  const refused = error?.failure.status === 401;
  if (refused) return <Navigate replace to={signInAddress(pathname + search, known?.data !== undefined)} />;
  if (data) return <SessionContext value={data.session}>{children}</SessionContext>;
  if (error) return <FailureState failure={error.failure} again={() => void refetch()} />;
  return <PageLoading />;
}
