/** What is wrong with an argument, in words of people instead of a schema's or a parser's. Pure. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const formats: Record<string, string> = {
  email: 'must be an email address',
  datetime: 'must be an ISO 8601 instant, such as 2026-11-01T00:00:00Z',
};

const charactersOf = (count: number | bigint): string => `${count} character${Number(count) === 1 ? '' : 's'}`;

/** `must be …`: why a value was not taken. A contract's own message is in words already. */
export function issueInWords(issue: Issue | undefined): string {
  switch (issue?.code) {
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${charactersOf(issue.maximum)}`
        : `must be at most ${issue.maximum}`;
    case 'too_small':
      if (issue.origin === 'string') {
        return Number(issue.minimum) === 1 ? 'must not be empty' : `must have at least ${charactersOf(issue.minimum)}`;
      }
      return `must be at least ${issue.minimum}`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'must be a whole number' : `must be a ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return formats[issue.format] ?? issue.message;
    default:
      return issue?.message ?? 'is not valid';
  }
}

/** The parser's sentences about one argument, shorter: which one, what was given, why not. */
const shorter: readonly [RegExp, string][] = [
  [/^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*)$/s, "$1 '$2': $3"],
  [/^command-argument value '(.*)' is invalid for argument '([\w-]+)'\. (.*)$/s, "$2 '$1': $3"],
];

/** What the parser says of a wrong call. */
export const callInWords = (said: string): string =>
  shorter.reduce((text, [pattern, instead]) => text.replace(pattern, instead), said.replace(/^error: /, ''));
