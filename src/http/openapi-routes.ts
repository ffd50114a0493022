/** The API's own reference: for programs, and as a page for people. */
import * as routes from '../contracts/routes/reference.ts';
import { ok } from '../lib/result.ts';
import { type Endpoint, endpoint, reply } from './endpoint.ts';
import { publicReads } from './limits.ts';
import { openApiOf } from './openapi.ts';
import { referencePage } from './openapi-page.ts';

const headers = { 'cache-control': 'public, max-age=300' };

const page = endpoint({
  ...routes.readReference,
  limits: [publicReads],
  handle: async () => {
    const { html, policy } = referencePage();
    const text = { content: html, type: routes.readReference.text };
    return ok({ status: 200 as const, text, headers: { ...headers, 'content-security-policy': policy } });
  },
});

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
  return [document, page];
}
