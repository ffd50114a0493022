/** Prints a command's result in one of two forms: lines for people, or with `--json` one JSON document. */
import { jsonText, terminalLine } from './text.ts';
import type { World } from './world.ts';

export interface JsonOption {
  json?: boolean;
}

export const jsonOption = ['--json', 'print JSON for programs, errors too'] as const;

/** Prints a result in the form that was asked for. */
export function print(world: World, { json }: JsonOption, value: unknown, lines: readonly string[]): void {
  if (json) world.out(jsonText(value));
  else for (const line of lines) world.out(line);
}

/** Whether the arguments ask for JSON; known before they are read, because reading them may fail. */
export const asksForJson = (args: readonly string[]): boolean => {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--json');
};

/**
 * The world with a guard before the terminal: whatever a command prints is cleaned, so no command can forget to. With
 * JSON, progress on stderr is JSON too, an object a line.
 */
export function guarded(world: World, json: boolean): World {
  return {
    ...world,
    out: (line) => world.out(terminalLine(line)),
    redraw: json || world.redraw === null ? null : (text) => world.redraw?.(terminalLine(text)),
    note: (line) => world.note(json ? jsonText({ note: line }) : terminalLine(line)),
  };
}
