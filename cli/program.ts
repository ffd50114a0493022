/**
 * How every command runs: commander reads the arguments, the work gives a result, the result gives the exit code. What is
 * wrong with a call is one line on stderr and exit 2.
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { ok, type Result } from '../src/lib/result.ts';
import { type Api, openApi } from './api.ts';
import { type ExitCode, exitCodeOf, exitCodes, type Failure, lineOf, oneLine } from './failure.ts';
import { findTarget } from './target.ts';
import { processWorld, type World } from './world.ts';

export type Done = Promise<Result<void, Failure>>;
export const done: Result<void, never> = ok(undefined);

/** What a command's definition gets: the root command and a way to hang work on an action. */
export interface Shell {
  program: Command;
  world: World;
  /** Work that needs the API: its address and token are looked up first. */
  withApi: <A extends unknown[]>(work: (api: Api, ...args: A) => Done) => (...args: A) => Promise<void>;
  /** Work on this machine only. */
  alone: <A extends unknown[]>(work: (...args: A) => Done) => (...args: A) => Promise<void>;
}

export type Define = (shell: Shell) => void;

/** Runs a program on arguments (without node and script). Resolves to its exit code; throws only on a bug of ours. */
export async function run(name: string, define: Define, args: readonly string[], world: World): Promise<ExitCode> {
  let exit: ExitCode = exitCodes.ok;
  const finish = (result: Result<void, Failure>): void => {
    if (result.ok) return;
    world.note(lineOf(result.error));
    exit = exitCodeOf(result.error);
  };
  const program = new Command(name).exitOverride().configureOutput({
    writeOut: (text) => world.out(text.trimEnd()),
    writeErr: (text) => world.note(text.trimEnd()),
    // "Did you mean …?" comes on a line of its own.
    outputError: (text, write) => write(oneLine(text)),
  });
  define({
    program,
    world,
    alone:
      (work) =>
      async (...args) =>
        finish(await work(...args)),
    withApi:
      (work) =>
      async (...args) => {
        const target = await findTarget(world.env);
        finish(target.ok ? await work(openApi(target.value, world), ...args) : target);
      },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  return exit;
}

/** The entry of a script of package.json. */
export async function main(name: string, define: Define): Promise<void> {
  process.exitCode = await run(name, define, process.argv.slice(2), processWorld());
}

/** An option's reader from a contract's own schema, so that what the API would refuse is refused here. */
export const by =
  <T extends z.ZodType>(schema: T) =>
  (text: string): z.output<T> => {
    const read = schema.safeParse(text);
    if (read.success) return read.data;
    throw new InvalidArgumentError(read.error.issues[0]?.message ?? 'is not valid');
  };
