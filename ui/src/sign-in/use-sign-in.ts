/** Signing in, and what follows: everything known of another session is forgotten, and the page goes where it was to go. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearchParams } from 'react-router';
import { signIn } from '../../../src/contracts/routes/sessions.ts';
import { useDeed } from '../data/use-deed.ts';
import { homeOf, ownPath } from '../session/return-to.ts';
import { sessionKey } from '../session/session.tsx';
import { forgetLink } from './link-of-address.ts';

export function useSignIn() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const deed = useDeed(signIn);
  const submit = (body: Parameters<typeof deed.mutate>[0]['body']) =>
    deed.mutate(
      { body },
      {
        onSuccess: async (answer) => {
          if (!('session' in answer)) return;
          forgetLink();
          queries.clear();
          queries.setQueryData(sessionKey, answer);
          await navigate(ownPath(query.get('return_to')) ?? homeOf(answer.session.kind), { replace: true });
        },
      },
    );
  return { submit, isPending: deed.isPending, error: deed.error, answer: deed.data };
}
