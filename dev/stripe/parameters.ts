/**
 * Parameters as data: each operation says what it takes, and this reads a form by that. What is not described is refused with
 * Stripe's `parameter_unknown`, never ignored.
 */
import { invalid, Refusal, refuse } from './errors.ts';
import type { Tree } from './form.ts';

type Simple = 'text' | 'decimal' | 'integer' | 'time' | 'boolean' | 'metadata' | 'span';
export type Shape =
  | Simple
  /** One of these words. */
  | { one: readonly string[] }
  /** A whole number from the first to the second, both included. */
  | { whole: readonly [number, number] }
  | { many: Shape }
  | { of: Parameters }
  /** May be unset by an empty text, which reads as null. */
  | { unset: Shape }
  /** Must be there. */
  | { must: Shape }
  /** A word, or else what the second says: `trial_end=now`. */
  | { word: string; or: Shape };
export type Parameters = Readonly<Record<string, Shape>>;

/** Bounds of a moment, Unix seconds. */
export type Span = { gt?: number; gte?: number; lt?: number; lte?: number };

type SimpleValue = {
  text: string;
  decimal: string;
  integer: number;
  /** Unix seconds. */
  time: number;
  boolean: boolean;
  /** Null clears all of it; an empty text clears one key. */
  metadata: Record<string, string> | null;
  span: Span;
};
export type ValueOf<S> = S extends Simple
  ? SimpleValue[S]
  : S extends { one: readonly (infer Word)[] }
    ? Word
    : S extends { whole: unknown }
      ? number
      : S extends { many: infer Inner }
        ? ValueOf<Inner>[]
        : S extends { of: infer Inner extends Parameters }
          ? ValuesOf<Inner>
          : S extends { unset: infer Inner }
            ? ValueOf<Inner> | null
            : S extends { must: infer Inner }
              ? ValueOf<Inner>
              : S extends { word: infer Word; or: infer Inner }
                ? Word | ValueOf<Inner>
                : never;
export type ValuesOf<P extends Parameters> = {
  [N in keyof P as P[N] extends { must: unknown } ? N : never]: ValueOf<P[N]>;
} & { [N in keyof P as P[N] extends { must: unknown } ? never : N]?: ValueOf<P[N]> };
export type Values = Readonly<Record<string, unknown>>;

// https://docs.stripe.com/metadata
const metadataKeysMax = 50;
const metadataKeyCharactersMax = 40;
const metadataValueCharactersMax = 500;
const textCharactersMax = 5000;
const spanNames = ['gt', 'gte', 'lt', 'lte'] as const;

const under = (outer: string, inner: string) => (outer === '' ? inner : `${outer}[${inner}]`);

function readText(given: string | Tree, name: string): string {
  if (typeof given !== 'string') refuse(`Invalid string: ${name}`, 'parameter_invalid_string', name);
  if (given === '') {
    refuse(
      `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset.`,
      'parameter_invalid_empty',
      name,
    );
  }
  if (given.length > textCharactersMax) {
    refuse(`Invalid string: ${name} is longer than ${textCharactersMax} characters`, 'parameter_invalid_string', name);
  }
  return given;
}

function readInteger(given: string | Tree, name: string, [least, most]: readonly [number, number]): number {
  const text = readText(given, name);
  const value = Number(text);
  if (/^-?\d+$/.test(text) && value >= least && value <= most) return value;
  return refuse(`Invalid ${name}: must be between ${least} and ${most}`, 'parameter_invalid_integer', name);
}

const anyWhole = [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;
const anyTime = [0, 99_999_999_999] as const;

function readMetadata(given: string | Tree, name: string): Record<string, string> | null {
  if (given === '') return null;
  if (typeof given === 'string') return refuse(`Invalid hash: ${name}`, 'parameter_invalid_string', name);
  if (given.size > metadataKeysMax) refuse(`Metadata can have at most ${metadataKeysMax} keys`);
  const entries = [...given].map(([key, value]): [string, string] => {
    const param = under(name, key);
    if (typeof value !== 'string') return refuse('Metadata values are text', 'parameter_invalid_string', param);
    if (key.length > metadataKeyCharactersMax) refuse('Metadata keys can have up to 40 characters', undefined, param);
    if (value.length > metadataValueCharactersMax) {
      refuse('Metadata values can have up to 500 characters', undefined, param);
    }
    return [key, value];
  });
  return Object.fromEntries(entries);
}

function readSpan(given: string | Tree, name: string): Span {
  if (typeof given === 'string') {
    const at = readInteger(given, name, anyTime);
    return { gte: at, lte: at };
  }
  return readValues(given, Object.fromEntries(spanNames.map((bound) => [bound, 'time'])), name);
}

const simple: { [S in Simple]: (given: string | Tree, name: string) => SimpleValue[S] } = {
  text: readText,
  decimal: (given, name) => {
    const text = readText(given, name);
    if (/^-?\d+(\.\d{1,12})?$/.test(text)) return text;
    return refuse(`Invalid decimal: ${text}`, 'parameter_invalid_string', name);
  },
  integer: (given, name) => readInteger(given, name, anyWhole),
  time: (given, name) => readInteger(given, name, anyTime),
  boolean: (given, name) => {
    const text = readText(given, name);
    if (text === 'true' || text === 'false') return text === 'true';
    return refuse(`Invalid boolean: ${text}`, 'parameter_invalid_boolean', name);
  },
  metadata: readMetadata,
  span: readSpan,
};

function readMany(given: string | Tree, inner: Shape, name: string): unknown[] {
  if (typeof given === 'string') return refuse('Invalid array', 'parameter_invalid_array', name);
  return [...given]
    .map(([index, item]) => ({ index: Number(index), item, at: under(name, index) }))
    .toSorted((one, other) => one.index - other.index)
    .map(({ index, item, at }) =>
      Number.isInteger(index) ? readShape(item, inner, at) : refuse('Invalid array', 'parameter_invalid_array', name),
    );
}

function readShape(given: string | Tree, shape: Shape, name: string): unknown {
  if (typeof shape === 'string') return simple[shape](given, name);
  if ('unset' in shape) return given === '' ? null : readShape(given, shape.unset, name);
  if ('must' in shape) return readShape(given, shape.must, name);
  if ('word' in shape) return given === shape.word ? given : readShape(given, shape.or, name);
  if ('whole' in shape) return readInteger(given, name, shape.whole);
  if ('many' in shape) return readMany(given, shape.many, name);
  if ('of' in shape) {
    if (typeof given === 'string') return refuse('Invalid object', 'parameter_invalid_string', name);
    return readValues(given, shape.of, name);
  }
  const text = readText(given, name);
  if (shape.one.includes(text)) return text;
  return refuse(`Invalid ${name}: must be one of ${shape.one.join(', ')}`, 'parameter_invalid_string', name);
}

/** The values that a form gives to described parameters. Throws Stripe's refusal of what is wrong, missing or not described. */
export function readValues(tree: Tree, parameters: Parameters, outer = ''): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, given] of tree) {
    const full = under(outer, name);
    const shape = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (shape === undefined) refuse(`Received unknown parameter: ${full}`, 'parameter_unknown', full);
    else values[name] = readShape(given, shape, full);
  }
  for (const [name, shape] of Object.entries(parameters)) {
    if (typeof shape !== 'object' || !('must' in shape) || name in values) continue;
    const full = under(outer, name);
    throw new Refusal(invalid(`Missing required param: ${full}.`, 'parameter_missing', full));
  }
  return values;
}
