/**
 * What can go wrong for a person at a terminal, as values: each kind has one line, one JSON form and one exit code. Owns
 * all three; knows nothing of HTTP or files.
 */
import { exitCodes as common } from '../src/lib/exit-codes.ts';
import { oneLine } from './text.ts';

/** Exit codes of every command (docs/cli.md). A program may tell "no" from "ask again" by them. */
export const exitCodes = { ...common, unreachable: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export type Failure =
  /** The API understood and said no. */
  | { kind: 'refused'; status: number; code: string; message: string; requestId: string | null }
  /** Nobody answered, or whoever answered cannot now; nothing is known to have happened. */
  | { kind: 'unreachable'; message: string }
  /** Something answered that is not this API, or another version of it. */
  | { kind: 'unexpected'; message: string }
  /** The work itself ended badly: a job that failed, a file that is in the way, a customer that is not there. */
  | { kind: 'failed'; message: string }
  /** The call was wrong: arguments, environment (a line a variable), a question that nobody can answer. */
  | { kind: 'usage'; message: string };

/** The exit code of a failure. */
export function exitCodeOf(failure: Failure): ExitCode {
  switch (failure.kind) {
    case 'refused':
    case 'unexpected':
    case 'failed':
      return exitCodes.failed;
    case 'usage':
      return exitCodes.usage;
    case 'unreachable':
      return exitCodes.unreachable;
  }
}

/** The one line that a person reads. A refusal has code, message and the request id to ask about. */
export function lineOf(failure: Failure): string {
  if (failure.kind !== 'refused') return `error: ${oneLine(failure.message)}`;
  const request = failure.requestId === null ? '' : ` (request ${oneLine(failure.requestId)})`;
  return `error: ${oneLine(failure.code)}: ${oneLine(failure.message)}${request}`;
}

/** What a person reads: one line, but one for each wrong variable of a call. */
export const linesOf = (failure: Failure): string[] =>
  failure.kind === 'usage'
    ? failure.message.split('\n').map((message) => lineOf({ kind: 'usage', message }))
    : [lineOf(failure)];

/** The failure for programs. `code` is the API's own for a refusal, else the kind; `request_id` is null without one. */
export const problemOf = (failure: Failure) => ({
  error: {
    kind: failure.kind,
    code: failure.kind === 'refused' ? failure.code : failure.kind,
    message: failure.message,
    request_id: failure.kind === 'refused' ? failure.requestId : null,
    exit_code: exitCodeOf(failure),
  },
});
