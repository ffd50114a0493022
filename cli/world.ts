/** What a command touches of the machine, handed in so that tests can stand in for it. */
import { cryptoRandom, type Random } from '../src/lib/ids.ts';

export interface World {
  env: Record<string, string | undefined>;
  /** A line of the result, on stdout. */
  out: (line: string) => void;
  /** Progress and problems, on stderr: they never mix with what a program reads. */
  note: (line: string) => void;
  /** Milliseconds since the epoch. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  random: Random;
}

/** The process's own. A reader that went away (`| head`) ends the program quietly. */
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
    now: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: cryptoRandom,
  };
}
