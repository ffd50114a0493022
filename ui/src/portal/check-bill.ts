/** Checks a statement in this browser, by the function that the command line has; loaded when it is first asked for. */
import { useMutation } from '@tanstack/react-query';
import { readStatement } from '../../../src/contracts/routes/statements.ts';
import type { Verdict } from '../../../src/contracts/statement-verdict.ts';
import type { PublicKeySet } from '../../../src/contracts/statements.ts';
import { CallFailed } from '../data/api.ts';
import { fetchFile } from '../organisation/download.ts';
import { statementTexts } from '../texts/portal-statements.ts';
import type { BillJob } from './bill-worker.ts';

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

const broken = (): CallFailed =>
  new CallFailed({
    kind: 'unexpected',
    status: null,
    code: 'unexpected',
    message: statementTexts.broken,
    requestId: null,
    retryAfterMs: null,
  });

async function checked(job: BillJob): Promise<Verdict> {
  const worker = new Worker(new URL('./bill-worker.ts', import.meta.url), { type: 'module' });
  const { promise, resolve, reject } = Promise.withResolvers<Verdict>();
  worker.addEventListener('message', ({ data }: MessageEvent<Verdict>) => resolve(data));
  worker.addEventListener('error', () => reject(broken()));
  worker.postMessage(job);
  try {
    return await promise;
  } finally {
    worker.terminate();
  }
}

export const useBillCheck = ({ keys, customerId }: BillCheck) =>
  useMutation<Verdict, CallFailed, Bill>({
    mutationFn: async (bill) => {
      const invoiceId = 'file' in bill ? undefined : bill.invoiceId;
      return await checked({ bytes: await bytesOf(bill), keys, expected: { customerId, invoiceId } });
    },
  });
