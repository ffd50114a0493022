/** Whether what was billed too much before a subscription ended went back, once: by the credit notes at Stripe and as credit. */
import type { Account } from '../../../bench/support/year/account.ts';
import { goesBack, type Note, notesAsText, type Paid } from '../../../bench/support/year/giving-back.ts';
import type { Person } from '../../../bench/support/year/person.ts';
import { differenceOf } from './difference.ts';
import type { Stage } from './stage.ts';

/** What Stripe lists on one page; nobody in a year has more of either. */
const pageMax = 100;

interface NoteAtStripe {
  invoice: string;
  amount: number;
  status: string;
  metadata: Record<string, string>;
}

interface Entry {
  kind: string;
  amount_cents: number;
  invoice_id: string | null;
}

export type Giver = ReturnType<typeof giver>;

export function giver({ world, known, count, problem }: Stage) {
  const notes: Note[] = [];
  /** By customer, what went back as credit. */
  const credits = new Map<string, string[]>();

  async function listed<T>(path: string): Promise<T[]> {
    return (await world.stripe.read<{ data: T[] }>(`${path}&limit=${pageMax}`)).data;
  }

  async function checkOne({ customerId, stripeCustomerId }: Person): Promise<void> {
    const found = await listed<NoteAtStripe>(`/credit_notes?customer=${stripeCustomerId}`);
    const have = found.map(
      ({ invoice: on, amount, metadata }): Note => ({
        on,
        of: metadata['tenantry_invoice_id'] ?? 'nothing',
        cents: amount,
      }),
    );
    const mine = new Set((await listed<Paid>(`/invoices?customer=${stripeCustomerId}`)).map(({ id }) => id));
    const want = notes.filter(({ on }) => mine.has(on));
    const difference = differenceOf(notesAsText(want), notesAsText(have));
    if (difference !== null) problem(customerId, `credit notes: ${difference}`);
    const { items } = await world.must('GET', `/api/customers/${customerId}/credits?limit=${pageMax}`);
    const granted = (items as Entry[]).flatMap(({ kind, amount_cents, invoice_id }) =>
      kind === 'grant' && invoice_id !== null ? [`${amount_cents} for ${invoice_id}`] : [],
    );
    const other = differenceOf(credits.get(customerId) ?? [], granted);
    if (other !== null) problem(customerId, `credit for what was billed too much: ${other}`);
  }

  return {
    /** A difference after the end is final and below nothing: so much goes back. @param owed cents, above 0 */
    async owes(account: Account, person: Person, { id, owed }: { id: string; owed: number }): Promise<void> {
      const paid = await listed<Paid>(`/invoices?customer=${person.stripeCustomerId}&status=paid`);
      const { note, credit } = goesBack({ id, owed }, paid, notes);
      if (note) notes.push(note);
      if (note) count('credit notes');
      if (note) count('cents given back by credit notes', note.cents);
      if (credit === 0) return;
      const { customerId } = person;
      credits.set(customerId, [...(credits.get(customerId) ?? []), `${credit} for ${id}`]);
      account.grantsCredit({ cents: credit, at: world.now, expiresAt: null });
      count('cents given back as credit', credit);
    },
    /** Neither Stripe nor our ledger of credit has one that the oracle has not, nor lacks one. */
    async check(): Promise<void> {
      for (const person of known.values()) if (person.stripeCustomerId !== '') await checkOne(person);
    },
  };
}
