/** What must be so at any time: drift and the ledger's rules are empty; and at the end: nothing was left out. */
import type { Account } from '../../../bench/support/year/account.ts';
import { day } from '../invoices/harness.ts';
import type { Comparer } from './compare.ts';
import type { Giver } from './given-back.ts';
import type { Prover } from './proofs.ts';
import type { Stage } from './stage.ts';

const ticksMax = 40;

/** Who looks at what. */
export interface Auditors {
  compare: Comparer;
  proofs: Prover;
  given: Giver;
}

/** Drift, rules of the ledger, statements, credit notes. */
export async function audit({ world, count, problem }: Stage, { proofs, given }: Auditors): Promise<void> {
  await proofs.prove();
  await given.check();
  const { run_id } = await world.must('POST', '/api/drift/run', {});
  const read = () => world.must('GET', '/api/drift?open=true&limit=100');
  let drift = await read();
  const isOver = () => (drift['last_run'] as { run_id: string } | null)?.run_id === run_id;
  for (let n = 0; n < ticksMax && !isOver(); n++) {
    await world.tick();
    drift = await read();
  }
  if (!isOver()) problem('drift', 'the run did not come to its end');
  for (const item of drift['items'] as unknown[]) problem('drift', JSON.stringify(item));
  const { items } = await world.must('POST', '/api/invariants/run', {});
  for (const { name, ok, rows } of items as { name: string; ok: boolean; rows: unknown[] }[]) {
    if (!ok) problem(`the rule ${name}`, JSON.stringify(rows[0]));
  }
  count('audits');
}

/** Every period that is over was billed, every fee asked for, every invoice proven, and what was too much given back. */
export async function finish(stage: Stage, { compare, proofs, given }: Auditors): Promise<void> {
  // The audit's ticks may have made more of them final.
  await compare.look();
  await proofs.prove();
  for (const { account, customerId } of stage.known.values()) {
    if (account) leftOf(stage, compare, customerId, account);
  }
  await proofs.finish();
  await given.check();
}

function leftOf({ world, count, problem }: Stage, compare: Comparer, customerId: string, account: Account): void {
  const before = world.now - day;
  account.goTo(world.now);
  const over = account.periods.filter(({ end }) => Math.min(end, account.endedAt ?? end) < before);
  for (const period of over.filter((one) => !account.isBilled(one))) {
    problem(customerId, `no invoice has the period of ${new Date(period.start).toISOString()}`);
  }
  count('periods billed', over.length);
  for (const fee of account.fees.filter((one) => one.at < before && !compare.usedFees.has(one))) {
    problem(customerId, `no invoice has ${JSON.stringify(fee)}`);
  }
}
