/**
 * Whether an invoice is what its preview said. Drafts are previewed as their periods end, before cron takes them: what is then fixed
 * and finalised is compared, where nothing has changed in between.
 */
import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import type { Stage } from './stage.ts';

interface Seen {
  invoice: InvoiceView;
  /** What the invoice depends on, as it was then. */
  ground: string;
}

/** Our lines with what becomes of each. */
const linesOf = ({ lines }: InvoiceView): string =>
  JSON.stringify(
    lines
      .filter(({ by }) => by === 'tenantry')
      .map(({ line_id, amount_cents, delta_of, state }) => [
        line_id,
        amount_cents,
        delta_of,
        state === 'billed' ? 'planned' : state,
      ])
      .sort(),
  );

const totalsOf = ({ subtotal_cents, credit_cents, total_cents }: InvoiceView): string =>
  JSON.stringify({ subtotal_cents, credit_cents, total_cents });

export function previewer({ world, count, problem }: Stage) {
  const seen = new Map<string, Seen[]>();
  /** Invoices with fixed lines of which the total is still to come, with the previews that were right about the lines. */
  const fixed = new Map<string, Seen[]>();

  /** Usage, plans, credit, other invoices and lines of theirs that wait: what a preview is of. */
  async function groundOf({ id, customer }: { id: string; customer: string }): Promise<string> {
    const [usage, rows] = await Promise.all([
      world.usageMark(customer),
      world.rows<{ mark: string }>(
        `SELECT json_array(
          (SELECT group_concat(effective_at) FROM plan_changes WHERE customer_id = ?1),
          (SELECT count(*) FROM credit_entries WHERE customer_id = ?1 AND invoice_id IS NOT ?2),
          (SELECT count(*) FROM credit_grants WHERE customer_id = ?1 AND expires_at <= ?3),
          (SELECT count(*) FROM invoices WHERE customer_id = ?1 AND rated_at IS NOT NULL AND id <> ?2),
          (SELECT group_concat(l.id) FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
            WHERE i.customer_id = ?1 AND i.id <> ?2 AND l.state = 'held')) AS mark`,
        customer,
        id,
        world.now,
      ),
    ]);
    return `${usage} ${rows[0]?.mark}`;
  }

  const show = async (id: string) => (await world.must('GET', `/api/invoices/${id}`))['invoice'] as InvoiceView;

  function compare(is: InvoiceView, previews: readonly Seen[], textOf: (invoice: InvoiceView) => string): void {
    for (const { invoice } of previews) {
      const [said, has] = [textOf(invoice), textOf(is)];
      if (said !== has) problem(is.customer_id, `${is.kind} ${is.invoice_id}: previewed as ${said}, it is ${has}`);
    }
  }

  return {
    /** Previews all drafts whose lines are not fixed. */
    async look(): Promise<void> {
      const drafts = await world.rows<{ id: string; customer: string }>(
        `SELECT id, customer_id AS customer FROM invoices WHERE state IN ('draft', 'held') AND rated_at IS NULL AND ordered_at IS NULL`,
      );
      for (const { id, customer } of drafts) {
        const ground = await groundOf({ id, customer });
        const { invoice } = await world.must('POST', `/api/invoices/${id}/finalize?preview=true`, {});
        seen.set(id, [...(seen.get(id) ?? []), { invoice: invoice as InvoiceView, ground }]);
      }
    },
    /** Compares what cron has fixed, and what has become final, since the last time. */
    async compare(): Promise<void> {
      const text = JSON.stringify([...seen.keys(), ...fixed.keys()]);
      const rows = await world.rows<{ id: string; customer: string; finalizedAt: number | null }>(
        `SELECT id, customer_id AS customer, finalized_at AS finalizedAt FROM invoices
        WHERE rated_at IS NOT NULL AND id IN (SELECT value FROM json_each(?))`,
        text,
      );
      for (const { id, customer, finalizedAt } of rows) {
        const is = await show(id);
        const before = seen.get(id);
        if (before !== undefined) {
          seen.delete(id);
          const ground = await groundOf({ id, customer });
          const same = before.filter((one) => one.ground === ground);
          compare(is, same, linesOf);
          count('previews of invoices', before.length);
          count('previews of which nothing changed', same.length);
          fixed.set(id, same);
        }
        if (finalizedAt === null) continue;
        // What was decided about a line that waits has changed the total.
        const same = (fixed.get(id) ?? []).filter(({ invoice }) => linesOf(invoice) === linesOf(is));
        fixed.delete(id);
        compare(is, same, totalsOf);
        count('previews with the total of the invoice', same.length);
      }
    },
  };
}
