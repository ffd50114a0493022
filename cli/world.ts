/** What a command uses of the machine (environment, clock, output, questions): given to it, so that tests can give another. */
import { createInterface } from 'node:readline/promises';
import { cryptoRandom, type Random } from '../src/lib/ids.ts';
import { openInBrowser } from './browser.ts';

export interface World {
  env: Record<string, string | undefined>;
  /** A line of the result, on stdout. */
  out: (line: string) => void;
  /** Progress and problems, on stderr: they never mix with what a program reads. */
  note: (line: string) => void;
  /** Writes one line of the terminal over and over, without an end of line; null when nobody watches a terminal. */
  redraw: ((text: string) => void) | null;
  /** Asks the person at the terminal and waits for a line; null when there is no terminal to ask at. */
  ask: ((question: string) => Promise<string>) | null;
  /** Milliseconds since the epoch. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  random: Random;
  /** Opens a page in the person's browser; false where the address is none that a browser opens. */
  openPage: (url: string) => boolean;
}

/** The question is on stderr: stdout is the result's. An end of the input (Ctrl-D) is an empty answer. */
async function askOnTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    return await Promise.race([terminal.question(question), closed]);
  } finally {
    terminal.close();
  }
}

/** To the line's beginning, the text, and nothing of what was there behind it. */
const redrawOnTerminal = (text: string): void => {
  process.stderr.write(`\r${text}\u001b[K`);
};

/** The world of this process. A reader that stops reading (`| head`) ends the program quietly. */
export function processWorld(): World {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  return {
    env: process.env,
    out: (line) => {
      process.stdout.write(`${line}\n`);
    },
    note: (line) => {
      process.stderr.write(`${line}\n`);
    },
    redraw: process.stderr.isTTY ? redrawOnTerminal : null,
    ask: process.stdin.isTTY && process.stderr.isTTY ? askOnTerminal : null,
    now: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: cryptoRandom,
    openPage: openInBrowser,
  };
}
