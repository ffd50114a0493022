/**
 * What a request may say. zod's verdict as our failures: an unknown field is 400, a wrong type or value 422 with every
 * path (contract: Bodies). And what no schema has to say again: text is well-formed Unicode everywhere, and what comes in
 * a URL is one line of it.
 */
import type { z } from 'zod';
import type { Failure } from '../contracts/failures.ts';
import { readInWords } from '../contracts/words.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { isOneLine } from '../lib/text.ts';

const issuesMax = 50;

/** Checks a value against a schema. */
export function validate<T extends z.ZodType>(schema: T, value: unknown): Result<z.output<T>, Failure> {
  const parsed = readInWords(schema, value);
  return parsed.success ? ok(parsed.data) : err(faultOf(parsed.error));
}

/** What zod found, as one failure. `details.issues` is `[{path, message}]`, paths dotted. */
export function faultOf(error: z.core.$ZodError): Failure {
  const unknownKeys = error.issues.filter((issue) => issue.code === 'unrecognized_keys');
  if (unknownKeys.length > 0) {
    const fields = unknownKeys.flatMap((i) => i.keys.map((k) => [...i.path, k].join('.'))).slice(0, issuesMax);
    return {
      code: 'unknown_field',
      message: `unknown field: ${fields.join(', ').slice(0, 300)}`,
      details: { fields },
    };
  }
  const issues = error.issues
    .slice(0, issuesMax)
    .map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = issues[0];
  return {
    code: 'validation_failed',
    message: first ? `${first.path || 'body'}: ${first.message}` : 'the request is not valid',
    details: { issues },
  };
}

const illFormed = 'must be well-formed Unicode text';

const textFault = (paths: readonly string[], message: string): Failure => ({
  code: 'validation_failed',
  message: `${paths[0] || 'body'}: ${message}`,
  details: { issues: paths.map((path) => ({ path, message })) },
});

/** A place in a JSON value, by its name in the place around it. */
interface Place {
  name: string;
  around: Place | null;
}

/** Names of a path that are told; a body may be nested tens of thousands deep. */
const pathNamesMax = 20;

/** A place's dotted path, of a deep one its end. */
function pathOf(place: Place | null): string {
  const names: string[] = [];
  for (let at = place; at && names.length < pathNamesMax; at = at.around) names.push(at.name.toWellFormed());
  return names.reverse().join('.');
}

/**
 * The strings and names of a JSON value that hold a lone surrogate, as one failure; null when there is none. What reads
 * such text later disagrees about it: D1 stores other bytes than were hashed, and a queue refuses the message.
 */
export const illFormedText = (value: unknown): Failure | null =>
  failureOf(value, illFormed, (text) => !text.isWellFormed(), true);

/**
 * The names `__proto__` of a JSON value, as one failure. No schema sees them: zod leaves them out, and what was said under
 * them would be lost in silence.
 */
export const prototypeNames = (value: unknown): Failure | null =>
  failureOf(value, 'is no name that can be given', (name) => name === '__proto__', false);

/** The names of a JSON value that are wrong, and where it is asked for the strings. */
function failureOf(
  value: unknown,
  message: string,
  isWrong: (text: string) => boolean,
  stringsToo: boolean,
): Failure | null {
  const paths: string[] = [];
  // A list of its own, because a body may be nested deeper than calls can be.
  const open: { place: Place | null; found: unknown }[] = [{ place: null, found: value }];
  for (let next = open.pop(); next && paths.length < issuesMax; next = open.pop()) {
    const { place, found } = next;
    if (stringsToo && typeof found === 'string' && isWrong(found)) paths.push(pathOf(place));
    if (typeof found !== 'object' || found === null) continue;
    for (const [name, item] of Object.entries(found)) {
      const inner = { name, around: place };
      if (isWrong(name)) paths.push(pathOf(inner));
      else open.push({ place: inner, found: item });
    }
  }
  return paths.length === 0 ? null : textFault(paths, message);
}

/** Whether a decoded part of a URL is one line of well-formed text. */
export const isTextOfUrl = (text: string): boolean => isOneLine(text);

/** Why a URL's query is no text: percent signs that encode no UTF-8, or characters that no line may have. */
export function queryTextFault(url: string): Failure | null {
  const at = url.indexOf('?');
  if (at === -1) return null;
  let text: string;
  try {
    text = decodeURIComponent(url.slice(at + 1));
  } catch {
    return textFault(['query'], 'must be percent-encoded UTF-8');
  }
  return isOneLine(text) ? null : textFault(['query'], 'must be text without control characters');
}
