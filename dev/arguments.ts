/** The arguments of `npm start`: read once, each fault a line. */
import { z } from 'zod';
import { instant } from '../src/contracts/common.ts';
import { err, ok, type Result } from '../src/lib/result.ts';

export type Arguments = {
  fresh: boolean;
  /** Where the clock begins, ms; null: at the machine's time. */
  at: number | null;
  demo: boolean;
};

type Env = Record<string, string | undefined>;

const OPTIONS = ['--fresh', '--at', '--demo'];
const atHelp = '--at: must be a date or an ISO instant that is over, e.g. --at 2026-01-01; UTC';

/** Milliseconds of a date or an instant that lies in the past, else null. */
function pastInstant(text: string | undefined, now: number): number | null {
  const isTime = z.iso.date().or(instant).safeParse(text).success;
  const ms = isTime ? Date.parse(String(text)) : Number.NaN;
  return ms <= now ? ms : null;
}

/** npm keeps options for itself that stand before `--`. Data is not emptied on such a word, nor kept against it. */
const swallowed = (env: Env, args: string[]): string[] =>
  OPTIONS.filter((option) => env[`npm_config_${option.slice(2)}`] !== undefined && !args.includes(option)).map(
    (option) => `npm kept ${option} for itself: write npm start -- ${option}`,
  );

/** @param now the machine's clock, ms */
export function readArguments(args: string[], env: Env, now: number): Result<Arguments, string[]> {
  const split = args.flatMap((arg) => (arg.startsWith('--at=') ? ['--at', arg.slice('--at='.length)] : [arg]));
  const faults = swallowed(env, split);
  const found: Arguments = { fresh: false, at: null, demo: false };
  const rest = [...split];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--fresh') found.fresh = true;
    else if (arg === '--demo') found.demo = true;
    else if (arg === '--at') {
      found.at = pastInstant(rest.shift(), now);
      if (found.at === null) faults.push(atHelp);
    } else faults.unshift(`unknown argument ${arg}; there are only ${OPTIONS.join(', ')}`);
  }
  if (found.demo && found.at !== null) faults.push('--demo begins at a time of its own: leave --at out');
  if (found.demo && env['STRIPE_SECRET_KEY'])
    faults.push('--demo: its customers pay at the Stripe stand-in, so leave STRIPE_SECRET_KEY out');
  return faults.length === 0 ? ok(found) : err(faults);
}
