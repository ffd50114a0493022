/** `licences show`: what the licence in force says. */
import type { LicenceClaims } from '../../../src/contracts/licences.ts';
import { readLicence } from '../../../src/contracts/routes/licences.ts';
import { iso } from '../../../src/lib/time.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { minuteOf } from '../../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { oneLine } from '../../text.ts';
import type { World } from '../../world.ts';
import { howToReissue } from './reissue.ts';

type Options = JsonOption & CustomerOption;

const secondsInstant = (seconds: number): string => `${minuteOf(iso(seconds * 1000))} UTC`;

/** What a licence says, a line each. */
function claimLines(claims: LicenceClaims): string[] {
  const granted = Object.entries({ ...claims.features, ...claims.limits }).map(([name, value]) =>
    typeof value === 'boolean' ? `  ${name}: ${value ? 'yes' : 'no'}` : `  ${name}: ${value ?? 'unlimited'}`,
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

async function show(world: World, api: Api, id: string, options: Options): Done {
  const read = await api.call(readLicence, { params: { customerId: id } });
  if (!read.ok) {
    if (read.error.kind === 'refused' && read.error.code === 'licence_revoked') world.note(howToReissue(id));
    return read;
  }
  print(world, options, read.value.decoded, claimLines(read.value.decoded));
  return done;
}

export const licenceShowCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('show'))
    .description('the licence in force')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => show(world, api, id, options))));
};
