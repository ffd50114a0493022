/** Reads a request's body and query by a schema, or answers 400 with what is wrong. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import { badRequest, problem } from './parts.ts';

const bad = (body: object): HTTPException => new HTTPException(400, { res: Response.json(body, { status: 400 }) });

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (!read.success) throw bad(badRequest(read.error));
  return read.data;
}

/** A JSON body; none at all is an empty object. */
export async function bodyOf<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await context.req.text();
  let value: unknown = {};
  try {
    if (text !== '') value = JSON.parse(text);
  } catch {
    throw bad(problem('Bad request', 'The body is no JSON.'));
  }
  return checked(schema, value);
}

export const queryOf = <T>(context: Context, schema: z.ZodType<T>): T => checked(schema, context.req.query());
