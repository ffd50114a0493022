/** What every command of the command line is made of: its definition, the type of its work, readers of options. Runs nothing. */
import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { readInWords } from '../src/contracts/words.ts';
import { ok, type Result } from '../src/lib/result.ts';
import type { Api } from './api.ts';
import type { Failure } from './failure.ts';
import { instantFrom } from './when.ts';
import type { World } from './world.ts';

export type Done = Promise<Result<void, Failure>>;
export const done: Result<void, never> = ok(undefined);

/** What a command's definition gets: the command above it and a way to hang work on an action. */
export interface Shell {
  program: Command;
  world: World;
  /** Work that needs the API: its address and token are looked up first. */
  withApi: <A extends unknown[]>(work: (api: Api, ...args: A) => Done) => (...args: A) => Promise<void>;
  /** Work on this machine only. */
  alone: <A extends unknown[]>(work: (...args: A) => Done) => (...args: A) => Promise<void>;
}

export type Define = (shell: Shell) => void;

/** A group of commands under one word. */
export const groupOf =
  (description: string, commands: readonly Define[]): Define =>
  (shell) => {
    shell.program.description(description);
    for (const define of commands) define(shell);
  };

/** What an option's reader throws; commander makes it one line and exit 2. */
export const invalid = (message: string): Error => new InvalidArgumentError(message);

/** An option's reader from a contract's own schema, so that what the API would refuse is refused here. */
export const by =
  <T extends z.ZodType>(schema: T) =>
  (text: string): z.output<T> => {
    const read = readInWords(schema, text);
    if (read.success) return read.data;
    throw invalid(read.error.issues[0]?.message ?? 'is not valid');
  };

/** An option's reader of instants; `7d` is seven days ago or in seven days. */
export const instantBy =
  (world: World, direction: 'ago' | 'ahead') =>
  (text: string): string => {
    const read = instantFrom(text, world.now(), direction);
    if (read.ok) return read.value;
    throw invalid(read.error);
  };
