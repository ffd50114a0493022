/** What a schema cannot say is wrong with a query or body, in the form of what it can. Pure. */
import type { Failure } from '../contracts/failures.ts';

export const invalid = (path: string, message: string): Failure<'validation_failed'> => ({
  code: 'validation_failed',
  message: `${path} ${message}`,
  details: { issues: [{ path, message }] },
});
