/** Checks a statement in this browser, by the function that the command line has; loaded when it is first asked for. */
import { useMutation } from '@tanstack/react-query';
import { readStatement } from '../../../src/contracts/routes/statements.ts';
import type { Verdict } from '../../../src/contracts/statement-verdict.ts';
import type { PublicKeySet } from '../../../src/contracts/statements.ts';
import { fetchFile } from '../organisation/download.ts';

/** A file of the reader's, or the statement of an invoice, which is fetched. */
export type Bill = { file: File } | { invoiceId: string };

export interface BillCheck {
  keys: PublicKeySet;
  customerId: string;
}

const bytesOf = async (bill: Bill): Promise<Uint8Array> => {
  const path = 'file' in bill ? '' : readStatement.path.replace(':invoiceId', encodeURIComponent(bill.invoiceId));
  const file = 'file' in bill ? bill.file : await fetchFile({ route: { ...readStatement, path }, query: {} });
  return new Uint8Array(await file.arrayBuffer());
};

export const useBillCheck = ({ keys, customerId }: BillCheck) =>
  useMutation<Verdict, Error, Bill>({
    mutationFn: async (bill) => {
      const { verifyStatement } = await import('../../../src/statements/verify.ts');
      const invoiceId = 'file' in bill ? undefined : bill.invoiceId;
      return await verifyStatement(await bytesOf(bill), keys, { customerId, invoiceId });
    },
  });
