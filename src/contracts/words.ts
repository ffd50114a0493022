/**
 * Why a value does not fit a schema, as the end of a sentence that begins with the value's path: `email: must be …`. zod's
 * own sentences are a programmer's, and this table stands in their place for every schema. A schema's own message, where
 * it has one, comes before the table.
 */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;
type IssueOf<Code extends Issue['code']> = Extract<RawIssue, { code: Code }>;

const notValid = 'is not valid';

/** What zod calls a type, as JSON's readers know it. */
const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
};

const formats: Readonly<Record<string, string>> = {
  email: 'an email address',
  url: 'a URL',
  datetime: 'an ISO 8601 instant with its offset, such as 2026-11-01T00:00:00Z',
  date: 'a date, such as 2026-11-01',
};

/** What is counted in a value that has a size. */
const parts: Readonly<Record<string, string>> = {
  string: 'character',
  array: 'item',
  set: 'item',
  map: 'entry',
  record: 'entry',
  object: 'entry',
};

const plural = (word: string): string => (word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`);
const counted = (count: number | bigint, word: string): string =>
  `${count} ${Number(count) === 1 ? word : plural(word)}`;

function tooBig({ origin, maximum, exact, inclusive }: IssueOf<'too_big'>): string {
  const part = parts[origin];
  if (part) return `must have ${exact ? 'exactly' : 'at most'} ${counted(maximum, part)}`;
  return `must be ${inclusive === false ? 'less than' : 'at most'} ${maximum}`;
}

function tooSmall({ origin, minimum, exact, inclusive }: IssueOf<'too_small'>): string {
  const part = parts[origin];
  if (origin === 'string' && !exact && Number(minimum) === 1) return 'must not be empty';
  if (part) return `must have ${exact ? 'exactly' : 'at least'} ${counted(minimum, part)}`;
  return `must be ${inclusive === false ? 'more than' : 'at least'} ${minimum}`;
}

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? `must be ${String(values[0])}` : `must be one of ${values.map(String).join(', ')}`;

const withPath = ({ path, message }: Issue): string =>
  path.length === 0 ? message : `${path.map(String).join('.')} ${message}`;

/** None of several forms fits: what those say that are of the value's type, or all of them when none is. */
function noneFits({ errors, options, inclusive }: IssueOf<'invalid_union'>): string {
  if (inclusive === false) return 'fits more than one of its forms';
  if (options && options.length > 0) return oneOf(options);
  const firsts = errors.flatMap(([first]) => (first ? [first] : []));
  const values = firsts.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values : []));
  if (values.length > 0 && values.length >= firsts.length) return oneOf(values);
  const ofItsType = firsts.filter(({ code, path }) => code !== 'invalid_type' || path.length > 0);
  const told = new Set((ofItsType.length > 0 ? ofItsType : firsts).map(withPath));
  return [...told].join(', or ') || notValid;
}

/** zod's error map: the sentence of an issue whose schema has none of its own. */
function sentenceOf(issue: RawIssue): string {
  if (issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) {
    return 'is required';
  }
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${types[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_big':
      return tooBig(issue);
    case 'too_small':
      return tooSmall(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return formats[issue.format] ? `must be ${formats[issue.format]}` : 'is not in the form that is wanted here';
    case 'unrecognized_keys':
      return `has fields that are not known: ${issue.keys.join(', ')}`;
    case 'invalid_union':
      return noneFits(issue);
    case 'invalid_key':
      return `is a name that is not taken: it ${issue.issues[0]?.message ?? notValid}`;
    case 'invalid_element':
      return `has an item that is not taken: it ${issue.issues[0]?.message ?? notValid}`;
    case 'custom':
      return notValid;
  }
}

/** Reads a value by a schema; every issue's message is in words. */
export const readInWords = <T extends z.ZodType>(schema: T, value: unknown): z.ZodSafeParseResult<z.output<T>> =>
  schema.safeParse(value, { error: sentenceOf });
