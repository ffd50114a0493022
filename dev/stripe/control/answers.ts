/** What the control door answers: JSON, or why it was not understood. */
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { answerJson } from '../../data/http.ts';

/** Not understood, or not there; caught by the door. */
export class DoorRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const unprocessable = 422;

/** The body as a schema reads it; an empty one is `{}`. Throws DoorRefusal. */
export function readJsonBody<T extends z.ZodType>(schema: T, body: string): z.output<T> {
  let json: unknown;
  try {
    json = body === '' ? {} : JSON.parse(body);
  } catch {
    throw new DoorRefusal(unprocessable, 'the body is not JSON');
  }
  const read = schema.safeParse(json);
  if (!read.success) throw new DoorRefusal(unprocessable, z.prettifyError(read.error).replace(/\s+/g, ' '));
  return read.data;
}

export const refused = (response: ServerResponse, status: number, message: string) =>
  answerJson(response, status, { error: { type: 'invalid_request_error', message } });
