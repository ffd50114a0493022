/** Who is signed in, and the way out. */
import { Button } from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { signOut } from '../../../src/contracts/routes/sessions.ts';
import { useDeed } from '../data/use-deed.ts';
import { useSession } from '../session/session.tsx';
import { common } from '../texts/common.ts';

export function SignOut() {
  const session = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = useDeed(signOut);
  const onClick = () =>
    leave.mutate(
      {},
      {
        // A session that has ended already is left, too.
        onSettled: async () => {
          await navigate('/sign-in');
          queries.clear();
        },
      },
    );
  return (
    <>
      <span className="tenantry-who" title={common.signedInAs(session.name)}>
        {session.customer?.company_name ?? session.organisation?.name ?? session.name}
      </span>
      <Button variant="link" isDisabled={leave.isPending} onClick={onClick}>
        {common.signOut}
      </Button>
    </>
  );
}
