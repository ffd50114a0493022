/** `keys rotate`: a new account key now, the old one revoked after an overlap; the new one is printed here, once. */
import type { Command } from 'commander';
import { z } from 'zod';
import { credentialId } from '../../../src/contracts/credentials.ts';
import { overlapSecondsDefault, rotateBody } from '../../../src/contracts/customers.ts';
import { rotateAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import { hourMs, secondMs } from '../../../src/lib/time.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerName, type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { minuteOf } from '../../format/amounts.ts';
import { keyLines, titled } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption, YesOption {
  overlap: number;
}

const overlapSeconds = z.coerce.number().pipe(rotateBody.shape.overlap_seconds.unwrap());
const overlapHours = (overlapSecondsDefault * secondMs) / hourMs;

/** For commander's `option`. */
export const overlapOption = [
  '--overlap <seconds>',
  `how long the old one still works (default: ${overlapSecondsDefault}, ${overlapHours} hours); 0 asks first`,
  by(overlapSeconds),
  overlapSecondsDefault,
] as const;

/** `<key> [customer]`: the key comes first, because it must be given. */
export const takesKey = (command: Command): Command =>
  takesCustomer(command.argument('<key>', 'key_ + 32 hex digits', by(credentialId)));

async function rotate(world: World, api: Api, id: string, keyId: string, options: Options): Done {
  if (options.overlap === 0) {
    const may = await confirm(world, options, `${keyId} stops working at once.`);
    if (!may.ok) return may;
  }
  const made = await api.call(rotateAccountKey, {
    params: { customerId: id, keyId },
    body: { overlap_seconds: options.overlap },
  });
  if (!made.ok) return made;
  print(world, options, made.value, [
    titled('key', made.value.key_id),
    ...keyLines(made.value.api_key),
    `${keyId} works until ${minuteOf(made.value.old_revoked_at)} UTC.`,
  ]);
  return done;
}

export const keysRotateCommand: Define = ({ program, world, withApi }) => {
  takesKey(program.command('rotate'))
    .description('replace a key; prints the new one, once')
    .option(...overlapOption)
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi((api, keyId: string, argument: CustomerName | undefined, options: Options) =>
        onCustomer(
          (_, id, o: Options) => rotate(world, api, id, keyId, o),
          (o) => (o.overlap === 0 ? canConfirm(world, o) : done),
        )(api, argument, options),
      ),
    );
};
