/** A workflow's context for tests that call workflows beside the API, on a database and a clock of their own. */
import { env } from 'cloudflare:workers';
import { openDb } from '../../../src/db/client.ts';
import { cryptoRandom } from '../../../src/lib/ids.ts';
import { makeKeySets } from '../../../src/lib/key-sets.ts';
import { guardOutbound } from '../../../src/lib/outbound.ts';
import { openKeyring } from '../../../src/licences/keyring.ts';
import { makeSealer } from '../../../src/licences/seal.ts';
import { linkSecrets } from '../../../src/sessions/link.ts';
import { openStatementKeys } from '../../../src/statements/keys.ts';
import { type Context, carryOut, type Planned } from '../../../src/workflows/deed.ts';
import type { Carriers } from '../../../src/workflows/delivery/carriers.ts';

const { LICENSE_PRIVATE_KEYS: licenceKeys, STATEMENT_PRIVATE_KEYS: statementKeys } = env as unknown as Record<
  'LICENSE_PRIVATE_KEYS' | 'STATEMENT_PRIVATE_KEYS',
  string
>;

export interface Own {
  control: D1Database;
  shards: readonly D1Database[];
  now: number;
  settings?: Partial<Context['settings']>;
}

export const makeContext = ({ control, shards, now, settings }: Own): Context => ({
  db: openDb(control),
  shards,
  now,
  random: cryptoRandom,
  log: () => {},
  actor: { name: 'test', credentialId: null, requestId: 'test' },
  settings: {
    publicUrl: 'https://x.test',
    baseDomain: 'x.test',
    trialDays: 14,
    defaultCluster: 'local',
    unpaidPercent: 50,
    shortWindows: true,
    jobTimeoutMs: 300_000,
    runsMax: 3,
    backoffMs: 5000,
    holdMs: 6 * 3_600_000,
    billingMode: 'live',
    usageBilling: 'invoice_items',
    holdRules: { cents: null, factor: null },
    graceMs: 7 * 86_400_000,
    deleteAfterMs: 30 * 86_400_000,
    tax: false,
    promotionCodes: false,
    staffIssuer: null,
    ...settings,
  },
  keyring: () => openKeyring(licenceKeys),
  statementKeys: () => openStatementKeys(statementKeys),
  linkSecret: (linkId) => linkSecrets(licenceKeys, linkId)[0],
  outbound: guardOutbound(() => Promise.reject(new TypeError('no network in this test')), { local: false }),
  keySets: makeKeySets(),
  sealer: makeSealer(licenceKeys, cryptoRandom),
  stripe: null,
});

/** Carriers of tests that are about no invoice. */
export const noInvoicing: Pick<Carriers, 'refreshInvoice' | 'lastSubscription' | 'invoicing'> = {
  refreshInvoice: async () => {},
  lastSubscription: async () => null,
  invoicing: { billingMode: 'live', lineTax: { behavior: null, code: null } },
};

/** Plans and commits a workflow, as the shell does; its value, or its failure. */
export async function done<T>(context: Context, plan: (context: Context) => Promise<Planned<T>>) {
  const outcome = await carryOut(context, () => plan(context));
  return outcome.ok ? { ok: true as const, value: outcome.value.value } : outcome;
}
