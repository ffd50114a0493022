/** `invoices release` and `invoices reject`: a line that waits for approval is billed, or never is. */
import { holdDecisionBody } from '../../../src/contracts/invoices.ts';
import { rejectHold, releaseHold } from '../../../src/contracts/routes/invoices.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { dollars } from '../../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  reason: string;
}

const routes = { release: releaseHold, reject: rejectHold };
const words = {
  planned: 'is billed by its invoice',
  released: 'is billed by the next invoice',
  rejected: 'is never billed',
};

async function decide(world: World, api: Api, verdict: 'release' | 'reject', lineId: string, options: Options): Done {
  const decided = await api.call(routes[verdict], { params: { lineId }, body: { reason: options.reason } });
  if (!decided.ok) return decided;
  const { line, state } = decided.value.hold;
  const what = words[state as keyof typeof words] ?? state;
  print(world, options, decided.value, [`${line.description}, ${dollars(line.amount_cents)}, ${what}`]);
  return done;
}

const commandOf =
  (verdict: 'release' | 'reject', description: string): Define =>
  ({ program, world, withApi }) => {
    program
      .command(verdict)
      .description(description)
      .argument('<hold>', 'lin_ + 32 hex digits, as invoices holds lists them')
      .requiredOption('--reason <text>', 'kept in the audit log', by(holdDecisionBody.shape.reason))
      .option(...jsonOption)
      .action(withApi((api, id: string, options: Options) => decide(world, api, verdict, id, options)));
  };

export const invoicesReleaseCommand = commandOf('release', 'approve a line that waits');
export const invoicesRejectCommand = commandOf('reject', 'decide that a line is never billed');
