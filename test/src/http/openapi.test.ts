import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../../src/app.ts';
import { openApiText } from '../../../src/http/openapi.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security: Record<string, unknown>[];
  'x-allow': unknown;
  parameters: { $ref?: string; name: string; in: string; description?: string; schema: unknown }[];
  requestBody?: { required: boolean; description: string; content: Record<string, { schema: unknown }> };
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: Schema }> }>;
}
interface Schema {
  $ref?: string;
  allOf?: [unknown, { properties: { code: { enum: string[] } } }];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, Operation['responses'][string]>>;
}

const api = makeApi();
let document: Document;
let text: string;
beforeAll(async () => {
  await ensureCluster(api);
  const response = await api.call('GET', '/api/openapi.json');
  expect(response.status).toBe(200);
  text = await response.text();
  document = JSON.parse(text) as Document;
});

const operationOf = (method: string, path: string): Operation => {
  const found = document.paths[path]?.[method];
  if (!found) throw new Error(`the document has no ${method} ${path}`);
  return found;
};
const operations = () => Object.values(document.paths).flatMap((methods) => Object.values(methods));
const codesAt = (operation: Operation, status: number): string[] => {
  const { $ref, ...own } = operation.responses[status] ?? {};
  const response = $ref ? document.components['responses']?.[$ref.split('/').at(-1) ?? ''] : own;
  return response?.content?.['application/json']?.schema.allOf?.[1].properties.code.enum ?? [];
};

describe('the OpenAPI document', () => {
  it('is the copy in docs: after a change of a route, `npm run openapi`', () => {
    const copy = String((env as unknown as Record<string, unknown>)['TEST_OPENAPI']);
    expect(copy === openApiText(endpoints), 'docs/openapi.json is not what the routes say: npm run openapi').toBe(true);
  });

  it('has every route of the app, each under an id of its own', () => {
    const routes = endpoints.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const told = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((m) => `${m} ${path}`),
    );
    expect(told.sort()).toEqual(routes.sort());
    expect(new Set(operations().map(({ operationId }) => operationId)).size).toBe(routes.length);
  });

  it('explains every operation and every parameter', () => {
    const silent = operations().filter((o) => !(o.summary && o.description && o.tags.length === 1 && o['x-allow']));
    expect(silent.map(({ operationId }) => operationId)).toEqual([]);
    const parameters = operations().flatMap((o) => o.parameters.filter((p) => !p.$ref).map((p) => ({ ...p, o })));
    expect(parameters.filter((p) => !p.description).map((p) => `${p.o.operationId} ${p.name}`)).toEqual([]);
    for (const { operationId, tags } of operations()) expect(tags, operationId).not.toEqual(['Others']);
  });

  it('has no pattern that only some engines read', () => {
    const patterns = [...text.matchAll(/"pattern":\s*("(?:[^"\\]|\\.)*")/g)].map(
      ([, json = '""']) => JSON.parse(json) as string,
    );
    expect(patterns.length).toBeGreaterThan(100);
    expect(patterns.filter((pattern) => /\\[pP]\{|\\u\{|\(\?<?[=!]|\(\?</.test(pattern))).toEqual([]);
  });

  it('refers to nothing that it does not have', () => {
    const refs = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    const missing = refs.filter((path) => {
      const names = path.split('/');
      return (
        names.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document) === undefined
      );
    });
    expect(refs.length).toBeGreaterThan(100);
    expect([...new Set(missing)]).toEqual([]);
  });

  it('tells of a signup whatever can become of it', () => {
    const signup = operationOf('post', '/api/customers/signup');
    expect(signup.security).toEqual([]);
    expect(Object.keys(signup.responses)).toEqual(
      expect.arrayContaining(['201', '400', '401', '403', '409', '413', '415', '422', '429', '500', '503']),
    );
    expect(codesAt(signup, 409)).toEqual(expect.arrayContaining(['email_exists', 'idempotency_conflict']));
    expect(codesAt(signup, 503)).toEqual(expect.arrayContaining(['cluster_full', 'unavailable']));
    expect(signup.requestBody?.required).toBe(true);
  });

  it('tells of files, previews, and which credentials a route takes', () => {
    const history = operationOf('get', '/api/usage/{customerId}');
    expect(Object.keys(history.responses['200']?.content ?? {})).toEqual([
      'application/json',
      'text/csv; charset=utf-8',
    ]);
    const pem = operationOf('get', '/api/licenses/public-key').responses['200'];
    expect(Object.keys(pem?.content ?? {})).toEqual(['application/x-pem-file']);
    const migrate = operationOf('post', '/api/plans/{plan}/migrate');
    expect(Object.keys(migrate.responses)).toEqual(expect.arrayContaining(['200', '202']));
    expect(migrate.security).toEqual([{ bearer: [] }, { session: [] }]);
    expect(history.security).toEqual(expect.arrayContaining([{ bearer: [] }, { apiKey: [] }]));
    expect(operationOf('post', '/api/usage/batch').requestBody?.description).toContain('gzip');
  });

  it('says truly which bodies may be absent', async () => {
    const made = await signUp(api);
    const path = `/api/customers/${made.customer.customer_id}/api-keys`;
    expect(operationOf('post', '/api/customers/{customerId}/api-keys').requestBody?.required).toBe(false);
    expect((await api.call('POST', path, { token: rootToken })).status).toBe(201);
    expect((await api.call('POST', '/api/customers/signup')).status).toBe(422);
  });

  it('may be kept for five minutes, and is asked for by number', async () => {
    const answer = await api.call('GET', '/api/openapi.json', { bindings: { RATE_LIMIT_PUBLIC: '100/60' } });
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    expect(answer.headers.get('ratelimit-limit')).toBe('100');
  });
});

describe('the reference page', () => {
  it('lets in nothing inline but its own script, and nothing of another machine', async () => {
    const answer = await api.call('GET', '/api/docs');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).not.toContain('unsafe');
    const html = await answer.text();
    const [, inline = ''] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? [];
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(inline));
    expect(policy).toContain(`'sha256-${Buffer.from(digest).toString('base64')}'`);
    const addresses = [...html.matchAll(/(?:src|href|url)[=:] ?["']([^"']+)["']/g)].map(([, address = '']) => address);
    expect(addresses.length).toBeGreaterThan(3);
    expect(addresses.filter((address) => !/^(?:\/[a-z]|data:,)/.test(address))).toEqual([]);
    expect(html).not.toMatch(/style=|\son\w+=/);
  });
});
