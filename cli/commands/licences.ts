/** `licences`: the licence in force, every one ever issued, the public keys, and revocation. No token is printed. */
import type { z } from 'zod';
import { customerId } from '../../src/contracts/common.ts';
import type { LicenceClaims, licenceHistory } from '../../src/contracts/licences.ts';
import { iso } from '../../src/lib/time.ts';
import type { Api } from '../api.ts';
import { readLicence, readLicenceHistory, readPublicKeys, revokeLicence } from '../calls.ts';
import { oneLine } from '../failure.ts';
import { minuteOf } from '../format/amounts.ts';
import { type Column, tableOf } from '../format/table.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import { by, type Define, type Done, done } from '../program.ts';
import type { World } from '../world.ts';

interface OneOptions extends JsonOption {
  customer: string;
}
interface RevokeOptions extends OneOptions {
  reason: string;
}

const secondsInstant = (seconds: number): string => `${minuteOf(iso(seconds * 1000))} UTC`;
const limit = (value: number | null): string => (value === null ? 'unlimited' : String(value));

/** What a licence says, a line each. */
function claimLines(claims: LicenceClaims): string[] {
  const granted = Object.entries({ ...claims.features, ...claims.limits }).map(([name, value]) =>
    typeof value === 'boolean' ? `  ${name}: ${value ? 'yes' : 'no'}` : `  ${name}: ${limit(value)}`,
  );
  const trial = claims.trial.isTrialMode ? ', trial' : '';
  return [
    `licence     ${claims.jti}`,
    `customer    ${claims.customerId} ${oneLine(claims.customerName)}`,
    `plan        ${claims.plan}, ${oneLine(claims.subscription.status)}${trial}`,
    `issuer      ${oneLine(claims.iss)}`,
    `issued      ${secondsInstant(claims.iat)}`,
    `expires     ${secondsInstant(claims.exp)}`,
    'grants',
    ...granted,
  ];
}

const historyColumns: readonly Column[] = [
  { title: 'issued' },
  { title: 'action' },
  { title: 'plan' },
  { title: 'devices', align: 'right' },
  { title: 'licence' },
];

function historyLines(read: z.infer<typeof licenceHistory>): string[] {
  const rows = read.history.map((h) => [minuteOf(h.generated_at), h.action, h.plan, limit(h.max_devices), h.id]);
  return [...tableOf(historyColumns, rows), `${read.statistics.totalGenerations} in all`];
}

async function show(world: World, api: Api, options: OneOptions): Done {
  const read = await readLicence(api, options.customer);
  if (!read.ok) return read;
  print(world, options, read.value.decoded, claimLines(read.value.decoded));
  return done;
}

async function history(world: World, api: Api, options: OneOptions): Done {
  const read = await readLicenceHistory(api, options.customer);
  if (!read.ok) return read;
  print(world, options, read.value, historyLines(read.value));
  return done;
}

async function keys(world: World, api: Api, options: JsonOption): Done {
  const read = await readPublicKeys(api);
  if (!read.ok) return read;
  const rows = read.value.keys.map((key) => [String(key['kid'] ?? ''), key.kty, String(key['alg'] ?? '')]);
  print(world, options, read.value, tableOf([{ title: 'kid' }, { title: 'type' }, { title: 'algorithm' }], rows));
  return done;
}

async function revoke(world: World, api: Api, options: RevokeOptions): Done {
  const gone = await revokeLicence(api, options.customer, { reason: options.reason });
  if (!gone.ok) return gone;
  print(world, options, gone.value, [`the licences of ${options.customer} are revoked`]);
  return done;
}

export const licencesProgram: Define = ({ program, world, withApi }) => {
  const customer = ['--customer <id>', 'cust_ + 32 hex digits', by(customerId)] as const;
  program.description('Licences of customers');
  program
    .command('show')
    .description('the licence in force')
    .requiredOption(...customer)
    .option(...jsonOption)
    .action(withApi((api, options: OneOptions) => show(world, api, options)));
  program
    .command('history')
    .description('every licence ever issued')
    .requiredOption(...customer)
    .option(...jsonOption)
    .action(withApi((api, options: OneOptions) => history(world, api, options)));
  program
    .command('keys')
    .description('the public keys that verify licences; the first one signs')
    .option(...jsonOption)
    .action(withApi((api, options: JsonOption) => keys(world, api, options)));
  program
    .command('revoke')
    .description("revoke the customer's licences")
    .requiredOption(...customer)
    .requiredOption('--reason <text>', 'kept in the audit log')
    .option(...jsonOption)
    .action(withApi((api, options: RevokeOptions) => revoke(world, api, options)));
};
