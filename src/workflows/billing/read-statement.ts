/** The file of a statement, as its lines of text. Reads only: what is not signed yet is not signed by a read. */
import { type Failure, notFound } from '../../contracts/failures.ts';
import { shardOf } from '../../db/shards.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { countParts, readParts } from '../../statements/part-store.ts';
import { findOfInvoice } from '../../statements/store.ts';
import type { UsageReads } from '../metering/usage-reads.ts';

export interface StatementFile {
  invoiceId: string;
  jti: string;
  /** ms */
  periodStart: number;
  text: AsyncGenerator<string>;
}

const notReady: Failure<'statement_not_ready'> = {
  code: 'statement_not_ready',
  message: 'the statement is made once the invoice is final; a draft has none',
};

/** @param onlyOf the customer whose invoice it must be; null for staff */
export async function readStatement(
  reads: Pick<UsageReads, 'db' | 'shards'>,
  invoiceId: string,
  onlyOf: string | null,
): Promise<Result<StatementFile, Failure<'not_found' | 'statement_not_ready'>>> {
  const found = await findOfInvoice(reads.db, invoiceId);
  if (found === null || (onlyOf !== null && found.customerId !== onlyOf)) return err(notFound);
  const { statement } = found;
  if (statement === null || statement.jti === null) return err(notReady);
  const { run, jti, windowParts, periodStart } = statement;
  const shard = shardOf(reads, found);
  const signed = { invoiceId, run: jti, kind: 'jws' } as const;
  const signedParts = await countParts(shard, signed);
  async function* text(): AsyncGenerator<string> {
    yield* readParts(shard, signed, signedParts);
    yield '\n';
    yield* readParts(shard, { invoiceId, run, kind: 'windows' }, windowParts);
  }
  return ok({ invoiceId, jti, periodStart, text: text() });
}
