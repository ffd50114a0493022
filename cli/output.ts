/** One place that knows the two forms of a result: lines for people, one JSON document for programs. */
import type { World } from './world.ts';

export interface JsonOption {
  json?: boolean;
}

export const jsonOption = ['--json', 'print JSON for programs'] as const;

/** Prints a result in the form that was asked for. */
export function print(world: World, { json }: JsonOption, value: unknown, lines: readonly string[]): void {
  if (json) world.out(JSON.stringify(value));
  else for (const line of lines) world.out(line);
}
