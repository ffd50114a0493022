/** The API's own reference, for programs. */
import * as routes from '../contracts/routes/reference.ts';
import { type Endpoint, endpoint, reply } from './endpoint.ts';
import { publicReads } from './limits.ts';
import { openApiOf } from './openapi.ts';

const headers = { 'cache-control': 'public, max-age=300' };

/**
 * The routes that tell of all routes, also of themselves.
 * @param all asked for at the first request: the document is made once an isolate
 */
export function referenceEndpoints(all: () => readonly Endpoint[]): readonly Endpoint[] {
  let made: ReturnType<typeof openApiOf> | null = null;
  const document = endpoint({
    ...routes.readOpenApi,
    limits: [publicReads],
    handle: async () => {
      made ??= openApiOf(all());
      return reply(200, made, headers);
    },
  });
  return [document];
}
