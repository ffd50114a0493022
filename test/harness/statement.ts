/** A statement made without a database, for tests of those who check one: three days of two namespaces on the shipped plans. */
import { readFileSync } from 'node:fs';
import { exportJWK, generateKeyPair } from 'jose';
import type { PublicKeySet, StatementLine, StatementPayload } from '../../src/contracts/statements.ts';
import { gzip } from '../../src/lib/gzip.ts';
import { hourMs, iso } from '../../src/lib/time.ts';
import { toCostLine } from '../../src/pricing/cost-line.ts';
import { readPlansFile } from '../../src/pricing/plans-file.ts';
import { rate } from '../../src/pricing/rate.ts';
import { noOverrides } from '../../src/pricing/stretch.ts';
import { stateCatalogue } from '../../src/statements/catalogue.ts';
import { openStatementKeys, publicKeysOf, signStatement } from '../../src/statements/keys.ts';
import { tallyOf } from '../../src/statements/tally.ts';
import { dayOf, digestOf, groupOf, lineOf, type StatedWindow } from '../../src/statements/window.ts';

const start = Date.parse('2026-11-01T00:00:00.000Z');
const hours = 72;
const period = { start, end: start + hours * hourMs, kind: 'paid' as const };

export const statedCustomer = `cust_${'a'.repeat(32)}`;
export const statedInvoice = `inv_${'b'.repeat(32)}`;

const windowsOf = (namespace: string): StatedWindow[] =>
  Array.from({ length: hours }, (_, hour) => ({
    namespace,
    instance_id: 'k8s-aaaaaaaa',
    start: start + hour * hourMs,
    end: start + (hour + 1) * hourMs,
    revision: start + (hour + 2) * hourMs,
    quantities: { cpu_core_ms: 7_200_000 + hour, memory_mib_s: 4_000_000, network_sent_bytes: 5_000_000_000 },
  }));

export interface MadeStatement {
  bytes: Uint8Array;
  keys: PublicKeySet;
  /** The same bill with something changed, signed by the same key. */
  again: (change: (payload: StatementPayload) => StatementPayload) => Promise<Uint8Array>;
}

/** A right statement. */
export async function makeStatement(): Promise<MadeStatement> {
  const file = readPlansFile(readFileSync(new URL('../../plans.yaml', import.meta.url), 'utf8'));
  const plan = file.ok ? file.value.versions.find(({ definition }) => definition.plan === 'starter')?.definition : null;
  if (!plan) throw new Error('plans.yaml has no starter');
  const windows = ['customer-aaaaaaaa', 'staging'].flatMap(windowsOf);
  const tally = tallyOf([{ ...period, plan, overrides: noOverrides }]);
  for (const window of windows) tally.add(window);
  const rated = rate({ period, stretches: tally.stretches() });
  const own = { start: iso(period.start), end: iso(period.end) };
  const lines = rated.lines
    .filter(({ kind }) => kind === 'usage')
    .map(
      (line): StatementLine => ({
        ...toCostLine(line, period),
        by: 'tenantry',
        period: own,
        delta_of: null,
        not_billed: null,
      }),
    );
  const groups = [...Map.groupBy(windows, groupOf).values()] as [StatedWindow, ...StatedWindow[]][];
  const payload: StatementPayload = {
    version: 1,
    iss: 'https://billing.example.com',
    iat: period.end / 1000,
    jti: `stm_${'c'.repeat(32)}`,
    typ: 'tenantry-statement',
    invoice_id: statedInvoice,
    customer_id: statedCustomer,
    period: { ...own, kind: period.kind },
    earlier: [],
    currency: 'usd',
    catalogue: await stateCatalogue([plan]),
    overrides: [],
    plan_changes: [{ effective_at: own.start, plan: plan.plan, plan_version: plan.version }],
    lines,
    digests: await Promise.all(
      groups.map(async (group) => ({
        namespace: group[0].namespace,
        instance_id: group[0].instance_id,
        day: dayOf(group[0].end),
        windows: group.length,
        sha256: await digestOf(group.map(lineOf)),
      })),
    ),
    total_cents: lines.reduce((sum, { amount_cents: cents }) => sum + cents, 0),
  };
  const pair = await generateKeyPair('ES256', { extractable: true });
  const keys = await openStatementKeys(JSON.stringify([await exportJWK(pair.privateKey)]));
  const packed = async (one: StatementPayload): Promise<Uint8Array> =>
    await gzip(`${[await signStatement(keys, one), ...windows.map(lineOf)].join('\n')}\n`);
  return {
    bytes: await packed(payload),
    keys: { keys: publicKeysOf(keys).map((key) => ({ ...key })) },
    again: async (change) => await packed(change(payload)),
  };
}
