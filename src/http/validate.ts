/** zod's verdict as our failures: an unknown field is 400, a wrong type or value 422 with every path (contract: Bodies). */
import type { z } from 'zod';
import type { Failure } from '../contracts/failures.ts';
import { err, ok, type Result } from '../lib/result.ts';

const issuesMax = 50;

/** Checks a value against a schema. */
export function validate<T extends z.ZodType>(schema: T, value: unknown): Result<z.output<T>, Failure> {
  const parsed = schema.safeParse(value);
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
