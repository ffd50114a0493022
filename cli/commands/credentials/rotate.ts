/** `credentials rotate`: a new key or token of any kind now, the old one ends after an overlap; the new one is printed here, once. */
import { credentialId } from '../../../src/contracts/credentials.ts';
import { rotateCredential } from '../../../src/contracts/routes/credentials.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { minuteOf } from '../../format/amounts.ts';
import { titled } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';
import { overlapOption } from '../keys/rotate.ts';

interface Options extends JsonOption, YesOption {
  overlap: number;
}

async function rotate(world: World, api: Api, id: string, options: Options): Done {
  if (options.overlap === 0) {
    const may = await confirm(world, options, `${id} stops working at once.`);
    if (!may.ok) return may;
  }
  const made = await api.call(rotateCredential, {
    params: { credentialId: id },
    body: { overlap_seconds: options.overlap },
  });
  if (!made.ok) return made;
  print(world, options, made.value, [
    titled('credential', made.value.credential_id),
    titled('secret', made.value.secret),
    'The secret is shown this once only: keep it.',
    `${id} works until ${minuteOf(made.value.old_revoked_at)} UTC.`,
  ]);
  return done;
}

export const credentialsRotateCommand: Define = ({ program, world, withApi }) => {
  program
    .command('rotate')
    .description('replace one; prints the new one, once')
    .argument('<credential>', 'key_ + 32 hex digits', by(credentialId))
    .option(...overlapOption)
    .option(...yesOption)
    .option(...jsonOption)
    .action(
      withApi(async (api, id: string, options: Options) => {
        const checked = options.overlap === 0 ? canConfirm(world, options) : done;
        return checked.ok ? await rotate(world, api, id, options) : checked;
      }),
    );
};
