/** What the seller's people do over the year: lines that wait are decided about, plans are published, subscribers are moved. */
import type { Account } from '../../../bench/support/year/account.ts';
import type { OraclePlan } from '../../../bench/support/year/catalogue.ts';
import { hour } from '../invoices/harness.ts';
import type { Stage } from './stage.ts';

interface HeldItem {
  hold_id: string;
  invoice_id: string;
  customer_id: string;
  line: { meter: string; amount_cents: number; period: { start: string } | null };
}

const decideChance = 0.25;
const releasedShare = 0.75;
const movedShare = 0.6;

/**
 * @param isGone whether an invoice has gone without the lines that wait
 * @returns how many were decided about
 */
export async function decideHeld(stage: Stage, isGone: (invoiceId: string) => boolean): Promise<number> {
  const { world, known, random, pace } = stage;
  const { body } = await world.ask('GET', '/api/invoices/holds?limit=100');
  const chosen = (body['items'] as HeldItem[]).filter(
    ({ customer_id }) => known.has(customer_id) && random.fraction() < Math.min(0.9, decideChance * pace),
  );
  for (const item of chosen) await decideOne(stage, item, isGone(item.invoice_id));
  return chosen.length;
}

async function decideOne(stage: Stage, { hold_id, invoice_id, customer_id, line }: HeldItem, gone: boolean) {
  const { world, known, random, count, problem } = stage;
  const released = random.fraction() < releasedShare;
  const path = `/api/invoices/holds/${hold_id}/${released ? 'release' : 'reject'}`;
  const done = await world.ask('POST', path, { reason: 'looked at it' });
  if (done.status >= 300) {
    problem(customer_id, `a held line could not be decided: ${done.status} ${JSON.stringify(done.body)}`);
    return;
  }
  count(`held lines ${released ? 'released' : 'rejected'} ${gone ? 'after' : 'before'} their invoice`);
  const asked = { meter: line.meter, period: Date.parse(line.period?.start ?? ''), cents: line.amount_cents };
  const account = known.get(customer_id)?.account;
  if (account?.decides(invoice_id, asked, { released, gone })) return;
  problem(customer_id, `the oracle holds no such line: ${JSON.stringify(asked)}`);
}

/** Publishes the next file of plans, as it must be: simulated first; and some subscribers are moved to it. */
export async function publish(stage: Stage, yaml: string): Promise<void> {
  const { world, shop, count } = stage;
  const { simulation_id } = await world.must('POST', '/api/simulations', { yaml });
  const isRunning = async () => (await world.must('GET', `/api/simulations/${simulation_id}`))['state'] === 'running';
  for (let n = 0; n < 10 && (await isRunning()); n++) await world.tick();
  const before = new Map(shop.newest);
  await world.must('POST', '/api/plans/publish', { yaml, simulation_id });
  shop.take(yaml);
  // Their prices are made at Stripe by the next ticks.
  for (let n = 0; n < 3; n++) await world.tick();
  count('catalogue versions published');
  for (const plan of ['starter', 'professional']) await move(stage, before.get(plan), shop.sold(plan));
}

/** Whether somebody is on that version, in the middle of a period, with nothing that lies ahead. */
function isMovable(account: Account | null, from: OraclePlan | undefined, now: number): account is Account {
  const period = account?.period;
  if (!account || !period || account.plan !== from || account.endedAt !== null) return false;
  const isQuiet = account.scheduled === null && !account.cancelsAtEnd;
  return isQuiet && period.start < now - hour && period.end > now + hour;
}

async function move({ world, known, random, count, problem }: Stage, old: OraclePlan | undefined, next: OraclePlan) {
  const moved = [...known.values()].filter(
    ({ account }) => isMovable(account, old, world.now) && random.fraction() < movedShare,
  );
  if (!old || moved.length === 0) return;
  const done = await world.must('POST', `/api/plans/${next.plan}/migrate`, {
    from_version: old.version,
    to_version: next.version,
    customer_ids: moved.map(({ customerId }) => customerId),
    at: 'period_end',
  });
  if (done['moved'] !== moved.length) problem(next.name, `moved ${done['moved']}: ${JSON.stringify(done['skipped'])}`);
  for (const { account } of moved) if (account) account.moving = next;
  count('subscribers moved', moved.length);
}
