/** What people read when a value does not fit: a sentence for every kind of issue, and none of zod's for any route. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { endpoints } from '../../../src/app.ts';
import { emailText, instant, lineText, namespace } from '../../../src/contracts/common.ts';
import { readInWords } from '../../../src/contracts/words.ts';
import { validate } from '../../../src/http/validate.ts';

const told = (schema: z.ZodType, value: unknown): string[] => {
  const read = readInWords(schema, value);
  return read.success ? [] : read.error.issues.map(({ message }) => message);
};
const windows = z.union([z.literal(60), z.literal(900), z.literal(3600)]);
const decimal = z.union([z.string().regex(/^\d+$/, 'must be digits'), z.number().min(0)]);
const byKind = z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]);

describe('why a value does not fit', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ['a missing field', z.object({ a: z.string() }), {}, 'is required'],
    ['a missing choice', z.object({ a: z.enum(['x', 'y']) }), {}, 'is required'],
    ['no body', z.object({}), undefined, 'is required'],
    ['another type: text', z.string(), 5, 'must be a text'],
    ['another type: number', z.number(), 'five', 'must be a number'],
    ['another type: number of a query', z.coerce.number(), 'five', 'must be a number'],
    ['another type: boolean', z.boolean(), 'yes', 'must be true or false'],
    ['another type: object', z.object({}), [], 'must be an object'],
    ['another type: record', z.record(z.string(), z.number()), 'x', 'must be an object'],
    ['another type: list', z.array(z.string()), {}, 'must be a list'],
    ['null', z.string(), null, 'must be a text'],
    ['a broken number', z.number().int(), 1.5, 'must be a whole number'],
    ['a number that is too large', z.number().max(100), 101, 'must be at most 100'],
    ['a number at an open bound', z.number().lt(100), 100, 'must be less than 100'],
    ['a number that is too small', z.number().min(1), 0, 'must be at least 1'],
    ['a number at an open lower bound', z.number().gt(0), 0, 'must be more than 0'],
    ['a number off its step', z.number().multipleOf(900), 60, 'must be a multiple of 900'],
    ['an empty text', lineText(200), ' ', 'must not be empty'],
    ['a text that is too long', z.string().max(200), 'x'.repeat(201), 'must have at most 200 characters'],
    ['a text that is too short', z.string().min(8), 'x', 'must have at least 8 characters'],
    ['a text of another length', z.string().length(2), 'x', 'must have exactly 2 characters'],
    ['an empty list', z.array(z.string()).min(1), [], 'must have at least 1 item'],
    ['a list that is too long', z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 item'],
    ['no email', emailText, 'ada', 'must be an email address'],
    ['no instant', instant, 'today', 'must be an ISO 8601 instant with its offset, such as 2026-11-01T00:00:00Z'],
    ['a pattern with words of its own', namespace, 'Shop', 'must be a lower-case RFC 1123 label'],
    ['a pattern without', z.string().regex(/^x$/), 'y', 'is not in the form that is wanted here'],
    ['no choice', z.enum(['json', 'csv']), 'xml', 'must be one of json, csv'],
    ['another constant', z.literal(1), 2, 'must be 1'],
    ['an unknown field', z.strictObject({}), { a: 1, b: 2 }, 'has fields that are not known: a, b'],
    ['none of some constants', windows, 61, 'must be one of 60, 900, 3600'],
    ['a text that is of no form', decimal, 'x', 'must be digits'],
    ['a number that is of no form', decimal, -1, 'must be at least 0'],
    ['neither of two types', decimal, true, 'must be a text, or must be a number'],
    ['an unknown kind', byKind, { kind: 'c' }, 'must be one of a, b'],
    [
      'a name of a record',
      z.record(z.enum(['a', 'b']), z.number()).or(z.never()),
      { a: 1, b: 2, c: 3 },
      'has fields that are not known: c',
    ],
    [
      'a name of a record by pattern',
      z.record(z.string().regex(/^a/, 'must begin with a'), z.number()),
      { b: 1 },
      'is a name that is not taken: it must begin with a',
    ],
    ['a rule of its own without words', z.string().refine(() => false), 'x', 'is not valid'],
    ['a rule of its own with words', lineText(9), 'a\nb', 'must be one line without control characters'],
  ])('%s', (_, schema, value, sentence) => {
    expect(told(schema, value)).toEqual([sentence]);
  });

  it('stands beside the path, through lists and records', () => {
    const schema = z.object({
      list: z.array(z.object({ name: z.string().max(1) })),
      map: z.record(z.string(), z.number()),
    });
    const read = validate(schema, { list: [{ name: 'a' }, { name: 'bc' }, {}], map: { x: 'y' } });
    expect(read.ok ? null : read.error).toEqual({
      code: 'validation_failed',
      message: 'list.1.name: must have at most 1 character',
      details: {
        issues: [
          { path: 'list.1.name', message: 'must have at most 1 character' },
          { path: 'list.2.name', message: 'is required' },
          { path: 'map.x', message: 'must be a number' },
        ],
      },
    });
  });
});

/** Values that fit hardly anywhere. */
const strange = [undefined, null, 5, -1.5, 1e300, true, 'x', '', 'x'.repeat(5000), [], [null], {}, { x: 1 }];
const ofZod = /Invalid|Unrecognized|Too (big|small)|expected|, received|pattern/;

describe('no route answers in the words of zod', () => {
  const schemas = endpoints.flatMap(({ method, path, body, query }) =>
    [body, query].flatMap((schema) => (schema ? [[`${method} ${path}`, schema] as const] : [])),
  );

  it.each(schemas)('%s', (_, schema) => {
    const fields = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    const values = [...strange, ...strange.map((value) => Object.fromEntries(fields.map((name) => [name, value])))];
    const said = values.flatMap((value) => told(schema, value));
    expect(said.filter((message) => ofZod.test(message) || !/^(must|is|has) /.test(message))).toEqual([]);
  });
});
