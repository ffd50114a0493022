/** Whose pages these are: the customer of the session, who stands in every call's path. */
import { useSession } from '../session/session.tsx';

/** Throws for a session of another kind: its pages are others. */
export function useCustomer(): { customerId: string } {
  const { customer } = useSession();
  if (customer === null) throw new Error('this page needs the session of a customer’s member');
  return { customerId: customer.customer_id };
}
