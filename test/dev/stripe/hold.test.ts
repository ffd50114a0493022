import { describe, expect, it } from 'vitest';
import { openListener } from './edge.ts';
import { openWorld } from './world.ts';

const hourMs = 3_600_000;
const renewalMs = Date.parse('2026-02-15T10:00:00Z');

/** A renewal whose webhooks are answered as the test says, from now on. */
async function openRenewal(status: () => number) {
  const listener = await openListener(() => status());
  const world = await openWorld('2026-01-15T10:00:00Z', { webhook: { url: listener.url, secret: 'whsec_hold' } });
  world.listen();
  const { id } = await world.subscribe();
  await world.settled();
  await world.advanceTo(renewalMs);
  const latest = async () => (await world.invoices(id))[0];
  return { ...world, latest };
}

describe('a renewal’s draft', () => {
  it('is finalised one hour after its webhook was answered', async () => {
    const { advanceTo, latest } = await openRenewal(() => 200);
    await advanceTo(renewalMs + hourMs - 1000);
    expect(await latest()).toMatchObject({ status: 'draft' });
    await advanceTo(renewalMs + hourMs);
    expect(await latest()).toMatchObject({ status: 'paid', webhooks_delivered_at: renewalMs / 1000 });
  });

  it('is held while its webhook fails, and finalised one hour after the answer that comes at last', async () => {
    let status = 503;
    const { advanceTo, latest } = await openRenewal(() => status);
    await advanceTo(renewalMs + 40 * hourMs);
    expect(await latest()).toMatchObject({ status: 'draft' });
    status = 200;
    // 5 min, 30 min, 2 h, 5 h, 10 h, then each 12 h: the next one is 41 h 35 min after the first.
    const answeredMs = renewalMs + 41 * hourMs + 35 * 60_000;
    await advanceTo(answeredMs + hourMs - 1000);
    expect(await latest()).toMatchObject({ status: 'draft' });
    await advanceTo(answeredMs + hourMs);
    expect(await latest()).toMatchObject({ status: 'paid', webhooks_delivered_at: answeredMs / 1000 });
  });

  it('is held for 72 hours at most', async () => {
    const { advanceTo, latest } = await openRenewal(() => 500);
    await advanceTo(renewalMs + 72 * hourMs - 1000);
    expect(await latest()).toMatchObject({ status: 'draft' });
    await advanceTo(renewalMs + 72 * hourMs);
    expect(await latest()).toMatchObject({ status: 'paid' });
  });

  it('is not held once a time was said: failed webhooks count for nothing then', async () => {
    const { stripe, advanceTo, latest } = await openRenewal(() => 500);
    const at = renewalMs / 1000 + 6 * 3600;
    await stripe.invoices.update((await latest())?.id ?? '', { auto_advance: true, automatically_finalizes_at: at });
    await advanceTo(at * 1000 - 1000);
    expect(await latest()).toMatchObject({ status: 'draft' });
    await advanceTo(at * 1000);
    expect(await latest()).toMatchObject({ status: 'paid' });
  });

  it('waits for what the listener says inside the webhook, however far the clock is moved at once', async () => {
    const asked: number[] = [];
    const listener = await openListener(async ({ body }) => {
      const event = JSON.parse(body) as { type: string; created: number; data: { object: { id: string } } };
      if (event.type !== 'invoice.created' || asked.length > 0 || event.created * 1000 < renewalMs) return 200;
      asked.push(event.created);
      await world.stripe.invoices.update(event.data.object.id, {
        auto_advance: true,
        automatically_finalizes_at: event.created + 6 * 3600,
      });
      return 200;
    });
    const world = await openWorld('2026-01-15T10:00:00Z', { webhook: { url: listener.url, secret: 'whsec_hold' } });
    world.listen();
    const { id } = await world.subscribe();
    await world.settled();
    await world.advanceTo(renewalMs + 24 * hourMs);
    expect(asked).toEqual([renewalMs / 1000]);
    const finalized = renewalMs / 1000 + 6 * 3600;
    expect((await world.invoices(id))[0]).toMatchObject({
      status: 'paid',
      status_transitions: { finalized_at: finalized },
    });
  });
});
