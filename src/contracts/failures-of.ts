/**
 * Every code that a route can answer: what follows from whom it admits and what it takes, and what it says itself
 * (`failures`). The OpenAPI document is made of it, and the tests hold each answer to it.
 */
import { z } from 'zod';
import { codeInWordsOf, type FailureCode } from './failures.ts';
import type { Route } from './route.ts';

/** What a route's failures follow from. */
export type Fallible = Pick<
  Route,
  'path' | 'allow' | 'body' | 'raw' | 'query' | 'failures' | 'inflatedBytesMax' | 'words'
> & {
  idempotent?: boolean | undefined;
};

/** Whether some object of the schema refuses fields that it does not know. */
function isStrict(schema: z.ZodType | undefined): boolean {
  if (!schema) return false;
  const form = JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return form.includes('"additionalProperties":false');
}

/**
 * Whatever is asked: a credential that does not hold, or gives no role, is refused on public routes too, and by number; and a
 * cookie from another site, wherever the request would change something or open a WebSocket.
 */
const always: readonly FailureCode[] = [
  'unauthenticated',
  'forbidden',
  'cross_site',
  'rate_limited',
  'internal',
  'unavailable',
  'issuer_unavailable',
];
const ofBodies: readonly FailureCode[] = [
  'invalid_json',
  'body_incomplete',
  'too_large',
  'unsupported_media_type',
  'validation_failed',
];
const ofRawBodies: readonly FailureCode[] = ['body_incomplete', 'too_large'];
const ofKeys: readonly FailureCode[] = ['invalid_idempotency_key', 'idempotency_conflict', 'idempotency_in_progress'];

/** The codes, each once. */
export function failuresOf(route: Fallible): FailureCode[] {
  const said: FailureCode[] = [
    ...always,
    ...(route.path.includes('/:') ? (['not_found'] as const) : []),
    ...(route.query ? (['validation_failed'] as const) : []),
    ...(route.body ? ofBodies : []),
    ...(route.raw === undefined ? [] : ofRawBodies),
    ...(route.inflatedBytesMax === undefined ? [] : (['invalid_gzip'] as const)),
    ...(isStrict(route.body) || isStrict(route.query) ? (['unknown_field'] as const) : []),
    ...(route.idempotent ? ofKeys : []),
    ...(route.failures ?? []),
  ];
  return [...new Set(said.map((code) => codeInWordsOf(route.words, code)))];
}
