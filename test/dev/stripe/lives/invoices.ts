/** Invoices: drafts and when they are finalised, lines, tax, and what is given up. */
import { expect } from 'vitest';
import type { Life } from './life.ts';

export const invoiceLives: readonly Life[] = [
  {
    name: 'a draft takes lines in one call and is finalised at the time that was said, early, or not at all',
    async live({ stripe, subscribe, invoices, advance, now }) {
      const { id } = await subscribe();
      await advance(31);
      const [draft] = await invoices(id);
      const at = now() + 6 * 3600;
      const held = await stripe.invoices.update(draft?.id ?? '', {
        auto_advance: true,
        automatically_finalizes_at: at,
      });
      expect(held).toMatchObject({ automatically_finalizes_at: at, auto_advance: true });
      const overage = {
        amount: 1234,
        description: 'CPU',
        discountable: false,
        metadata: { line_id: '1' },
        period: { start: 1, end: 2 },
      };
      const added = await stripe.invoices.addLines(held.id ?? '', { lines: [overage, { ...overage, amount: -34 }] });
      expect(added).toMatchObject({ total: 2900 + 1234 - 34 });
      expect(added.lines.data.map(({ amount }) => amount)).toEqual([2900, 1234, -34]);
      await advance(0, 5);
      expect((await invoices(id))[0]).toMatchObject({ status: 'draft' });
      await advance(0, 1);
      expect((await invoices(id))[0]).toMatchObject({ status: 'paid', total: 4100, automatically_finalizes_at: null });
      await advance(27, 18);
      const [next] = await invoices(id);
      await stripe.invoices.update(next?.id ?? '', { auto_advance: false });
      await advance(5);
      expect((await invoices(id))[0]).toMatchObject({ status: 'draft', automatically_finalizes_at: null });
      const finalised = await stripe.invoices.finalizeInvoice(next?.id ?? '', { auto_advance: true });
      expect(finalised).toMatchObject({ status: 'paid', number: expect.stringMatching(/-0003$/) });
    },
  },
  {
    name: 'an invoice has at most 250 lines, shows ten of them and the rest by pages',
    async live({ stripe, customer }) {
      const { id } = await stripe.invoices.create({ customer: await customer(), currency: 'usd' });
      const lines = Array.from({ length: 250 }, (_, index) => ({
        amount: index + 1,
        description: `line ${index + 1}`,
      }));
      await expect(stripe.invoices.addLines(id, { lines: [...lines, { amount: 1 }] })).rejects.toMatchObject({
        param: 'lines',
      });
      const full = await stripe.invoices.addLines(id, { lines });
      expect(full.lines.has_more).toBe(true);
      expect(full.lines.data).toHaveLength(10);
      const seen: number[] = [];
      for await (const line of stripe.invoices.listLineItems(id, { limit: 100 })) seen.push(line.amount);
      expect(seen).toEqual(lines.map(({ amount }) => amount));
      await expect(stripe.invoices.addLines(id, { lines: [{ amount: 1 }] })).rejects.toMatchObject({ statusCode: 400 });
      await stripe.invoices.removeLines(id, { lines: [{ id: full.lines.data[0]?.id ?? '', behavior: 'delete' }] });
      expect(await stripe.invoices.retrieve(id)).toMatchObject({ total: full.total - 1 });
      expect(await stripe.invoices.del(id)).toMatchObject({ deleted: true });
      await expect(stripe.invoices.retrieve(id)).rejects.toMatchObject({ statusCode: 404 });
    },
  },
  {
    name: 'automatic tax needs an address: without one the draft stays, with one the tax is on top',
    async live({ stripe, customer, price, advance, advanceTo, invoices, eventsOf }) {
      const id = await customer();
      const address = { country: 'DE', postal_code: '10115' };
      const items = [{ price: await price(10_000) }];
      const noLocation = { type: 'StripeInvalidRequestError', code: 'customer_tax_location_invalid', statusCode: 400 };
      const taxed = { automatic_tax: { enabled: true } };
      await expect(stripe.subscriptions.create({ customer: id, items, ...taxed })).rejects.toMatchObject(noLocation);
      const untaxed = await stripe.subscriptions.create({ customer: id, items, trial_period_days: 5 });
      await expect(stripe.subscriptions.update(untaxed.id, taxed)).rejects.toMatchObject(noLocation);
      expect(await stripe.subscriptions.retrieve(untaxed.id)).toMatchObject({ automatic_tax: { enabled: false } });
      await stripe.subscriptions.cancel(untaxed.id);
      await stripe.customers.update(id, { address });
      const made = await stripe.subscriptions.create({ customer: id, items, ...taxed });
      expect((await invoices(made.id))[0]).toMatchObject({ subtotal: 10_000, total: 11_900, amount_paid: 11_900 });
      await stripe.customers.update(id, { address: '' });
      await advance(31, 1);
      const dropped = 'finalization_requires_location_inputs';
      expect((await invoices(made.id))[0]).toMatchObject({
        status: 'paid',
        total: 10_000,
        automatic_tax: { enabled: false, disabled_reason: dropped, status: null },
      });
      const off = { enabled: false, disabled_reason: 'requires_location_inputs' };
      expect(await stripe.subscriptions.retrieve(made.id)).toMatchObject({ automatic_tax: off });

      await stripe.customers.update(id, { address });
      const on = { enabled: true, disabled_reason: null };
      expect(await stripe.subscriptions.update(made.id, taxed)).toMatchObject({ automatic_tax: on });
      await stripe.customers.update(id, { address: '' });
      const { items: running } = await stripe.subscriptions.retrieve(made.id);
      await advanceTo((running.data[0]?.current_period_end ?? 0) * 1000 + 60_000);
      const [stuck] = await invoices(made.id);
      expect(stuck).toMatchObject({ status: 'draft' });
      const failing = stripe.invoices.finalizeInvoice(stuck?.id ?? '');
      await expect(failing).rejects.toMatchObject({ code: 'customer_tax_location_invalid' });
      expect((await eventsOf(stuck?.id ?? '')).filter((type) => type === 'invoice.finalization_failed')).toHaveLength(
        1,
      );
      await stripe.invoices.update(stuck?.id ?? '', { auto_advance: false });
      await advance(1);
      expect(await stripe.invoices.retrieve(stuck?.id ?? '')).toMatchObject({
        status: 'draft',
        automatic_tax: { status: 'requires_location_inputs' },
        last_finalization_error: { code: 'customer_tax_location_invalid' },
      });
      await stripe.customers.update(id, { address });
      const collected = await stripe.invoices.finalizeInvoice(stuck?.id ?? '', { auto_advance: true });
      expect(collected).toMatchObject({ status: 'paid', total: 11_900 });
    },
  },
  {
    name: 'an open invoice can be sent, marked uncollectible and voided; what is not open can not',
    async live({ stripe, customer }) {
      const made = await stripe.invoices.create({
        customer: await customer(null),
        collection_method: 'send_invoice',
        days_until_due: 30,
        currency: 'usd',
      });
      await stripe.invoices.addLines(made.id, { lines: [{ amount: 5000, description: 'Setting up' }] });
      expect(await stripe.invoices.sendInvoice(made.id)).toMatchObject({ status: 'open', amount_due: 5000 });
      await stripe.invoices.update(made.id, { metadata: { po: '7' } });
      await expect(stripe.invoices.update(made.id, { description: 'late' })).rejects.toMatchObject({
        code: 'invoice_not_editable',
      });
      await stripe.invoices.markUncollectible(made.id);
      expect(await stripe.invoices.voidInvoice(made.id)).toMatchObject({ status: 'void', metadata: { po: '7' } });
      await expect(stripe.invoices.voidInvoice(made.id)).rejects.toMatchObject({ statusCode: 400 });
      await expect(stripe.invoices.pay(made.id)).rejects.toMatchObject({ statusCode: 400 });
    },
  },
  {
    name: 'what is credited is not asked for; less than fifty cents is not charged and goes to the balance',
    async live({ stripe, customer, eventsOf }) {
      const id = await customer();
      const invoice = async (amount: number) => {
        const made = await stripe.invoices.create({ customer: id, currency: 'usd' });
        await stripe.invoices.addLines(made.id, { lines: [{ amount, description: 'x' }] });
        return await stripe.invoices.finalizeInvoice(made.id);
      };
      expect(await invoice(-1000)).toMatchObject({ status: 'paid', amount_due: 0, ending_balance: -1000 });
      expect(await invoice(1020)).toMatchObject({
        status: 'paid',
        amount_due: 0,
        starting_balance: -1000,
        ending_balance: 20,
      });
      const open = await invoice(3000);
      expect(open).toMatchObject({ status: 'open', amount_due: 3020 });
      const part = await stripe.creditNotes.create({ invoice: open.id, amount: 20 });
      expect(await stripe.invoices.retrieve(open.id)).toMatchObject({
        amount_due: 3000,
        pre_payment_credit_notes_amount: 20,
      });
      expect(await stripe.creditNotes.voidCreditNote(part.id)).toMatchObject({ status: 'void' });
      expect(await stripe.invoices.pay(open.id)).toMatchObject({ status: 'paid', amount_paid: 3020 });
      const back = await stripe.creditNotes.create({
        invoice: open.id,
        amount: 1000,
        refund_amount: 600,
        credit_amount: 400,
      });
      expect(back).toMatchObject({ type: 'post_payment', post_payment_amount: 1000 });
      expect(await stripe.customers.retrieve(id)).toMatchObject({ balance: -400 });
      const { data } = await stripe.refunds.list();
      expect(data).toMatchObject([{ amount: 600, status: 'succeeded' }]);
      expect(await eventsOf(back.id)).toEqual(['credit_note.created']);
    },
  },
];
