/**
 * An environment read by a table of variables: every value, or every fault, one line each in the same words everywhere.
 * An empty variable counts as not set. A secret's value is in no line, nor is any other that may be a secret in the wrong
 * place. The table's meanings are for people, and a test compares them with the documents.
 */
import { isBaseUrl } from './base-url.ts';
import { err, ok, type Result } from './result.ts';

/** What a variable's text must be, and what it becomes. */
export interface Kind<T> {
  /** Ends the sentence "NAME must be …". */
  words: string;
  /** The value; undefined when the text is not of the kind. */
  read: (text: string) => T | undefined;
  /** Whether a fault repeats a short text: only where nobody would put a secret. */
  repeats: boolean;
  /** Makes the value of NAME_FILE, for a kind that may also stand in a file. */
  ofFile?: (path: string) => T;
}

export interface Variable<T> {
  kind: Kind<T>;
  need: 'required' | 'optional' | { default: string };
  /** One line for the reader of a document. */
  meaning: string;
}

export type Table = Readonly<Record<string, Variable<unknown>>>;
export type ValuesOf<T extends Table> = { [Name in keyof T]: T[Name] extends Variable<infer V> ? V : never };

/** A secret that was given, or the path of a file that holds one and may be rotated while the program runs. */
export type Secret = { value: string } | { file: string };

/** Not set is a fault. */
export const required = <T>(kind: Kind<T>, meaning: string): Variable<T> => ({ kind, need: 'required', meaning });

/** Not set is undefined. */
export const optional = <T>(kind: Kind<T>, meaning: string): Variable<T | undefined> => ({
  kind,
  need: 'optional',
  meaning,
});

/** Not set is the default, written as the variable would be. */
export const byDefault = <T>(text: string, kind: Kind<T>, meaning: string): Variable<T> => ({
  kind,
  need: { default: text },
  meaning,
});

/** A whole number. */
export const integer = (min: number, max: number): Kind<number> => ({
  words: `a whole number from ${min} to ${max}`,
  repeats: true,
  read: (text) => wholeNumber(text, min, max),
});

const unitMs = { milliseconds: 1, seconds: 1000 };

/** A time written as a whole number of the unit; the value is in ms. */
export const duration = (unit: keyof typeof unitMs, min: number, max: number): Kind<number> => ({
  words: `a whole number of ${unit} from ${min} to ${max}`,
  repeats: true,
  read: (text) => {
    const count = wholeNumber(text, min, max);
    return count === undefined ? undefined : count * unitMs[unit];
  },
});

const booleans = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** `true` or `false`; also 1 and 0. */
export const boolean: Kind<boolean> = {
  words: 'true or false',
  repeats: true,
  read: (text) => booleans.get(text),
};

/** One of some words. */
export const choice = <const T extends string>(words: readonly T[]): Kind<T> => ({
  words: words.length === 2 ? words.join(' or ') : `one of ${words.join(', ')}`,
  repeats: true,
  read: (text) => words.find((word) => word === text),
});

/** Values of one kind, between commas; spaces around them do not count. */
export const list = <T>(item: Kind<T>): Kind<T[]> => ({
  words: `a list with commas, each ${item.words}`,
  repeats: item.repeats,
  read: (text) => {
    const values = text.split(',').map((part) => item.read(part.trim()));
    return values.some((value) => value === undefined) ? undefined : (values as T[]);
  },
});

/** A base URL, as it was written. */
export const url: Kind<string> = {
  words: 'an http or https URL, without a user, a query or a fragment',
  repeats: false,
  read: (text) => (isBaseUrl(text) ? text : undefined),
};

/** A text; `words` says which when not every one is taken. */
export const text = (words = 'a text', takes: (text: string) => boolean = () => true): Kind<string> => ({
  words,
  repeats: false,
  read: (value) => (takes(value) ? value : undefined),
});

const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const dnsNamePattern = new RegExp(`^(?:${label}[.])*${label}$`);
/** A customer's label stands before it, and a DNS name has 253 characters. */
const dnsNameMax = 240;

/** A DNS name that others are made under. */
export const dnsName: Kind<string> = text(
  'a lower-case DNS name',
  (name) => name.length <= dnsNameMax && dnsNamePattern.test(name),
);

/** A secret that goes into a header. */
export const secret = (lengthMin = 1): Kind<string> => ({
  words: `printable ASCII without spaces${lengthMin > 1 ? `, at least ${lengthMin} characters` : ''}`,
  repeats: false,
  read: (value) => (/^[\x21-\x7e]+$/.test(value) && value.length >= lengthMin ? value : undefined),
});

/** A secret in NAME, or in the file that NAME_FILE names. */
export const secretOrFile: Kind<Secret> = {
  words: secret().words,
  repeats: false,
  read: (value) => (secret().read(value) === undefined ? undefined : { value }),
  ofFile: (file) => ({ file }),
};

/**
 * Reads a program's variables.
 * @param env texts; numbers and booleans (a Worker's variables) count as their text
 * @param rules what several variables must agree on, given those that were read: one line for each fault
 * @returns every value, or every fault, the table's first
 */
export function readVariables<T extends Table>(
  table: T,
  env: Readonly<Record<string, unknown>>,
  rules: (found: Partial<ValuesOf<T>>) => readonly string[] = () => [],
): Result<ValuesOf<T>, string[]> {
  const found: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, variable] of Object.entries(table)) {
    const one = readOne(name, variable, env);
    if (one.ok) found[name] = one.value;
    else faults.push(one.error);
  }
  faults.push(...rules(found as Partial<ValuesOf<T>>));
  return faults.length > 0 ? err(faults) : ok(found as ValuesOf<T>);
}

function readOne(name: string, { kind, need }: Variable<unknown>, env: Readonly<Record<string, unknown>>) {
  const given = textOf(env[name]);
  const file = kind.ofFile ? textOf(env[`${name}_FILE`]) : undefined;
  if (kind.ofFile && file !== undefined) {
    return given === undefined ? ok(kind.ofFile(file)) : err(`${name} and ${name}_FILE are set: only one may be`);
  }
  if (given !== undefined) {
    const value = kind.read(given);
    return value === undefined ? err(faultOf(name, kind, given)) : ok(value);
  }
  if (need === 'optional') return ok(undefined);
  if (need === 'required') return err(`${kind.ofFile ? `${name} or ${name}_FILE` : name} is required`);
  const value = kind.read(need.default);
  if (value === undefined) throw new Error(`the default of ${name} is none: ${faultOf(name, kind, need.default)}`);
  return ok(value);
}

/** Longer texts, and those with other characters, may be a secret or forge a line. */
const repeatable = /^[\w.:/,+-]{1,16}$/;

/** The line of a variable whose text is not of its kind. */
function faultOf(name: string, kind: Pick<Kind<unknown>, 'words' | 'repeats'>, given: string): string {
  const not = kind.repeats && repeatable.test(given) ? `, not "${given}"` : '';
  return `${name} must be ${kind.words}${not}`;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
