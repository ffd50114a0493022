/** An id of a customer, an invoice or a job as a link to it; any other as it is. */
import { Link } from 'react-router';
import { jobAddress } from '../queue/addresses.ts';
import { common } from '../texts/common.ts';
import { customerAddress, invoiceAddress } from './addresses.ts';

export function SubjectLink({ id }: { id: string | null }) {
  if (id === null) return <>{common.none}</>;
  if (id.startsWith('cust_')) return <Link to={customerAddress(id)}>{id}</Link>;
  if (id.startsWith('inv_')) return <Link to={invoiceAddress(id)}>{id}</Link>;
  if (id.startsWith('job_')) return <Link to={jobAddress(id)}>{id}</Link>;
  return <>{id}</>;
}
