/**
 * What can go wrong for a person at a terminal, as values: each kind has one line and one exit code. Owns both; knows
 * nothing of HTTP or files.
 */

/** Exit codes of every command (docs/cli.md). A program may tell "no" from "ask again" by them. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, unreachable: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export type Failure =
  /** The API understood and said no. */
  | { kind: 'refused'; status: number; code: string; message: string; requestId: string | null }
  /** Nobody answered, or whoever answered cannot now; nothing is known to have happened. */
  | { kind: 'unreachable'; message: string }
  /** Something answered that is not this API, or another version of it. */
  | { kind: 'unexpected'; message: string }
  /** The work itself ended badly: a job that failed, a file that is in the way. */
  | { kind: 'failed'; message: string }
  /** The call was wrong: arguments, environment. */
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

/** What another machine said, without the control characters that would forge lines or move the cursor. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
