/** `clock`: the time that an embedded platform shows, and moving it. */
import type { Command } from 'commander';
import { z } from 'zod';
import { instant } from '../../src/contracts/common.ts';
import {
  type ClockAnswer,
  type ClockMove,
  type ClockStep,
  clockStep,
  stretch,
} from '../../src/contracts/embedded-clock.ts';
import { secondMs } from '../../src/lib/time.ts';
import { by, type Define, type Done, done, groupOf, invalid } from '../command.ts';
import { askClock } from '../embedded-clock.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import type { World } from '../world.ts';

interface MoveOptions extends JsonOption {
  hold?: boolean;
  step?: ClockStep;
}

/** Less than that is the time that a clock took to be told. */
const realUpToMs = 2 * secondMs;

function lineOf({ now, moved_ms, held, moving_to }: ClockAnswer): string {
  if (moving_to !== null) return `${now}, on its way to ${moving_to}`;
  if (held) return `${now}, and stands there: tenantry clock run lets it go`;
  return Math.abs(moved_ms) < realUpToMs ? `${now}, the machine's own time` : `${now}, moved`;
}

/** A move without what was not said. */
const moveOf = ({ hold, step }: MoveOptions): ClockMove => ({
  ...(hold ? { hold } : {}),
  ...(step ? { step } : {}),
});

/** `real`, an instant, or a date, which is its first moment in UTC. */
function instantOrReal(text: string): string {
  if (text === 'real' || instant.safeParse(text).success) return text;
  if (z.iso.date().safeParse(text).success) return `${text}T00:00:00.000Z`;
  throw invalid('must be a date or an ISO instant, e.g. 2026-11-01, or real');
}

async function ask(world: World, options: JsonOption, move?: ClockMove): Done {
  const read = await askClock(world, move);
  if (!read.ok) return read;
  print(world, options, read.value, [lineOf(read.value)]);
  return done;
}

const moves = (command: Command): Command =>
  command
    .option('--hold', 'the clock stands when it has arrived')
    .option('--step <hour|day|week>', "how far cron's ticks are apart on the way", by(clockStep))
    .option(...jsonOption);

const show: Define = ({ program, world, alone }) => {
  program
    .command('show')
    .description('what time it is there')
    .option(...jsonOption)
    .action(alone((options: JsonOption) => ask(world, options)));
};

const advance: Define = ({ program, world, alone }) => {
  moves(program.command('advance').argument('<stretch>', 'how far, e.g. 30m, 12h, 1d, 2w', by(stretch)))
    .description('move it ahead; cron runs on the way')
    .action(alone((far: string, options: MoveOptions) => ask(world, options, { ...moveOf(options), advance: far })));
};

const to: Define = ({ program, world, alone }) => {
  moves(
    program
      .command('to')
      .argument('<instant>', "a date, an ISO instant, or real for the machine's own time", instantOrReal),
  )
    .description('move it to an instant ahead; cron runs on the way')
    .action(alone((instant: string, options: MoveOptions) => ask(world, options, { ...moveOf(options), to: instant })));
};

const hold: Define = ({ program, world, alone }) => {
  program
    .command('hold')
    .description('stop it: nothing is deployed or measured, and cron does not run, until it runs again')
    .option(...jsonOption)
    .action(alone((options: JsonOption) => ask(world, options, { hold: true })));
};

const run: Define = ({ program, world, alone }) => {
  program
    .command('run')
    .description('let a clock go that stands')
    .option(...jsonOption)
    .action(alone((options: JsonOption) => ask(world, options, { hold: false })));
};

export const clockProgram = groupOf('The clock of a platform of npm start, for trying what time brings', [
  show,
  advance,
  to,
  hold,
  run,
]);
