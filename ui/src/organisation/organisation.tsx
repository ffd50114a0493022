/** Whose billing is looked at: a person's own organisation, or the one that an admin names in the address. */
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useSession } from '../session/session.tsx';

export interface ShownOrganisation {
  /** What every read of it is asked with: an admin names it, a person has one. */
  query: { organisation?: string };
  /** Its name; for an admin its slug. Null: an admin has not chosen one. */
  name: string | null;
  /** The part of an org-admin: labels, keys, the audit log. The server decides; an admin's role decides with the route. */
  isOrgAdmin: boolean;
  /** An address of these pages, with the organisation that is looked at. */
  to: (path: string, query?: Readonly<Record<string, string>>) => string;
}

const parameter = 'organisation';

export function useOrganisation(): ShownOrganisation {
  const { kind, organisation } = useSession();
  const [address] = useSearchParams();
  const chosen = kind === 'admin' ? address.get(parameter) : null;
  return useMemo(() => {
    const query = chosen === null ? {} : { organisation: chosen };
    return {
      query,
      name: kind === 'admin' ? chosen : (organisation?.name ?? null),
      isOrgAdmin: kind === 'admin' || organisation?.role === 'org-admin',
      to: (path, more = {}) => {
        const text = new URLSearchParams({ ...more, ...query }).toString();
        return text === '' ? path : `${path}?${text}`;
      },
    };
  }, [kind, chosen, organisation]);
}
