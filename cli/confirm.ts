/** Asks before a command that cannot be undone: a question at a terminal, `--yes` elsewhere. */
import { err, type Result } from '../src/lib/result.ts';
import { done } from './command.ts';
import type { Failure } from './failure.ts';
import { oneLine } from './text.ts';
import type { World } from './world.ts';

export interface YesOption {
  yes?: boolean;
}

export const yesOption = ['-y, --yes', 'do not ask'] as const;

/** Fails, before anything is sent, when the question could not be asked. */
export function canConfirm(world: World, { yes }: YesOption): Result<void, Failure> {
  if (yes || world.ask !== null) return done;
  return err({ kind: 'usage', message: 'this asks before it acts, and there is no terminal to ask at: add --yes' });
}

/** Asks whether to go on; `deed` is a sentence that says what will happen. Any answer but `y` or `yes` is no. */
export async function confirm(world: World, { yes }: YesOption, deed: string): Promise<Result<void, Failure>> {
  if (yes || world.ask === null) return canConfirm(world, { yes: yes === true });
  const answer = await world.ask(`${oneLine(deed)} Go on? [y/N] `);
  return /^y(es)?$/i.test(answer.trim())
    ? done
    : err({ kind: 'failed', message: 'not confirmed; nothing was changed' });
}
