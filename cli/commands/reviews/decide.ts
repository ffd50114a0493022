/** `reviews accept` and `reviews reject`: some reviews by their ids, after a look at what that moves and a question. */

import { decideBody, decisionBody } from '../../../src/contracts/reviews.ts';
import { decideReviews } from '../../../src/contracts/routes/usage-admin.ts';
import { err } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { counted } from '../../format/amounts.ts';
import { moved } from '../../format/correction.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, YesOption {
  reason: string;
}

type Decision = 'accept' | 'reject';

async function decide(world: World, api: Api, decision: Decision, ids: string[], options: Options): Done {
  const can = canConfirm(world, options);
  if (!can.ok) return can;
  const call = { body: { ids, decision, reason: options.reason } };
  const seen = await api.call(decideReviews, { ...call, preview: true });
  if (!seen.ok) return seen;
  for (const { id, code, delta_cents } of seen.value.results) world.note(`${id}: ${code ?? moved(delta_cents)}`);
  if (seen.value.together_cents !== null) world.note(`together: ${moved(seen.value.together_cents)}`);
  const ready = seen.value.results.filter(({ status }) => status !== 'refused').length;
  const may = await confirm(world, options, `${decision} ${counted(ready, 'review')}.`);
  if (!may.ok) return may;
  const decided = await api.call(decideReviews, call);
  if (!decided.ok) return decided;
  const { results } = decided.value;
  const lines = results.map(({ id, status, code, delta_cents }) =>
    status === 'refused'
      ? `${id} refused: ${code}`
      : `${id} ${status}${delta_cents === null ? '' : `, ${moved(delta_cents)}`}`,
  );
  const { together_cents: together } = decided.value;
  print(world, options, decided.value, [...lines, ...(together === null ? [] : [`together ${moved(together)}`])]);
  const refused = results.filter(({ status }) => status === 'refused').length;
  return refused === 0 ? done : err({ kind: 'failed', message: `${counted(refused, 'review')} refused` });
}

const collect = (text: string, before: string[] = []): string[] => [...before, by(decideBody.shape.ids.element)(text)];

const decisionCommand =
  (decision: Decision, description: string): Define =>
  ({ program, world, withApi }) => {
    program
      .command(decision)
      .description(description)
      .argument('<reviews...>', 'rvw_ + 32 hex digits each, up to 100', collect)
      .requiredOption('--reason <text>', 'kept in the audit log', by(decisionBody.shape.reason))
      .option(...yesOption)
      .option(...jsonOption)
      .action(withApi((api, ids: string[], options: Options) => decide(world, api, decision, ids, options)));
  };

export const reviewsAcceptCommand = decisionCommand(
  'accept',
  'let them take effect; shows what that moves and asks first',
);
export const reviewsRejectCommand = decisionCommand('reject', 'leave what stands; asks first');
