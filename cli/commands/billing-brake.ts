/** `billing-brake`: whether invoices are billed, only computed, or kept waiting; shown, or set with a reason. */
import { Argument } from 'commander';
import { type BillingMode, billingMode, brakeBody } from '../../src/contracts/invoices.ts';
import { readBrake, setBrake } from '../../src/contracts/routes/invoices.ts';
import type { Api } from '../api.ts';
import { by, type Define, type Done, done } from '../command.ts';
import { minuteOf } from '../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import type { World } from '../world.ts';

interface Options extends JsonOption {
  reason?: string;
}

async function brake(world: World, api: Api, mode: BillingMode | undefined, options: Options): Done {
  const { reason } = options;
  if (mode !== undefined && reason === undefined) {
    return { ok: false, error: { kind: 'usage', message: '--reason is needed with a mode' } };
  }
  const answer =
    mode === undefined || reason === undefined
      ? await api.call(readBrake, {})
      : await api.call(setBrake, { body: { mode, reason } });
  if (!answer.ok) return answer;
  const { changed_at: at, changed_by: who, reason: why } = answer.value;
  const by = at === null ? 'as the environment says' : `since ${minuteOf(at)} UTC, ${who}: ${why}`;
  print(world, options, answer.value, [`${answer.value.mode}, ${by}`]);
  return done;
}

export const billingBrakeProgram: Define = ({ program, world, withApi }) => {
  program
    .description('Whether invoices are billed, only computed, or kept waiting')
    .addArgument(
      new Argument('[mode]', 'what holds from now on; without it what holds is shown').choices(billingMode.options),
    )
    .option('--reason <text>', 'kept in the audit log; needed with a mode', by(brakeBody.shape.reason))
    .option(...jsonOption)
    .action(withApi((api, mode: BillingMode | undefined, options: Options) => brake(world, api, mode, options)));
};
