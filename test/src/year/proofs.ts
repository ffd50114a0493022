/**
 * Every final invoice of whatever kind has one statement that the code of verify-bill finds right, whose lines come to what the oracle
 * bills, which is what Stripe has; and nothing else has one.
 */
import { verifyStatement } from '../../../src/statements/verify.ts';
import { rootToken } from '../../harness/worker/api.ts';
import type { Stage } from './stage.ts';

/** An invoice that is final. */
export interface Proven {
  id: string;
  customer: string;
  kind: string;
}

export type Prover = ReturnType<typeof prover>;

export function prover({ world, count, problem }: Stage) {
  const final = new Set<string>();
  const waiting = new Map<string, { row: Proven; cents: number | undefined }>();

  const say = ({ kind, id, customer }: Proven, what: string): void => problem(`${kind} ${id} of ${customer}`, what);

  async function prove(row: Proven, cents: number | undefined): Promise<void> {
    const file = await world.api.call('GET', `/api/invoices/${row.id}/statement`, { token: rootToken });
    if (file.status !== 200) return;
    waiting.delete(row.id);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const expected = { invoiceId: row.id, customerId: row.customer };
    const { outcome, findings, facts } = await verifyStatement(bytes, null, expected);
    if (outcome !== 'right') say(row, `its statement is ${outcome}: ${JSON.stringify(findings.slice(0, 3))}`);
    if (facts?.total_cents !== cents) say(row, `its statement has ${facts?.total_cents}, the oracle ${cents}`);
    count(`statements that verify: ${row.kind}`, outcome === 'right' ? 1 : 0);
  }

  return {
    /** @param cents what its statement must come to, by the oracle */
    wants(row: Proven, cents: number | undefined): void {
      final.add(row.id);
      waiting.set(row.id, { row, cents });
    },
    async prove(): Promise<void> {
      for (const { row, cents } of [...waiting.values()]) await prove(row, cents);
    },
    /** What has none, and what has one that should not. */
    async finish(): Promise<void> {
      for (const { row } of waiting.values()) say(row, 'it has no statement');
      const signed = await world.rows<{ id: string }>(
        'SELECT invoice_id AS id FROM statements WHERE signed_at IS NOT NULL',
      );
      for (const { id } of signed.filter((one) => !final.has(one.id))) {
        problem(id, 'it has a statement, and is no final invoice');
      }
    },
  };
}
