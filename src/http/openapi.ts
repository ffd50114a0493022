/**
 * The OpenAPI 3.1 document of some endpoints, made of the data that they are mounted by. Pure: the same endpoints make the
 * same document. Names of schemas are openapi-schemas.ts', sentences openapi-words.ts'.
 */
import { bodyBytesMax, problemBody } from '../contracts/common.ts';
import { type FailureCode, statusOf, titleOf } from '../contracts/failures.ts';
import { failuresOf } from '../contracts/failures-of.ts';
import type { Answers } from '../contracts/route.ts';
import { version } from '../lib/version.ts';
import type { Endpoint } from './endpoint.ts';
import { bodyOf, inlined, type Json, type Schemas, schemasOf } from './openapi-schemas.ts';
import { admitted, chapterOf, chaptersIn, pathParameter, securityOf } from './openapi-words.ts';

const header = (description: string, schema: Json = { type: 'string' }): Json => ({ description, schema });
const headers: Record<string, Json> = {
  'X-Request-Id': header('Quote it when you ask about an answer; the log has it.'),
  'Retry-After': header('Seconds until it is worth trying again.', { type: 'integer' }),
  'RateLimit-Limit': header('Requests of a window.', { type: 'integer' }),
  'RateLimit-Remaining': header('Requests that are left of it.', { type: 'integer' }),
  'RateLimit-Reset': header('Seconds until the next window.', { type: 'integer' }),
  'Idempotency-Replayed': header('`true`: the stored answer to the first request under the key.'),
  ETag: header('For `If-None-Match`.'),
};
const headersNamed = (...names: string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const parameters: Record<string, Json> = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Makes the request safe to repeat: under the same key and body the first answer comes again for 24 hours. A key belongs to its credential.',
    schema: { type: 'string', pattern: '^[!-~]{16,255}$' },
  },
  Preview: {
    name: 'preview',
    in: 'query',
    description: '`true`: what would be done is answered (200), and nothing is stored.',
    schema: { type: 'boolean', default: false },
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The ETag of an earlier answer: 304 while it stands.',
    schema: { type: 'string' },
  },
};
const parameter = (name: string): Json => ({ $ref: `#/components/parameters/${name}` });

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'Any key or token: `Authorization: Bearer …`.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'Account, reporter and cluster keys.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-tenantry',
    description: 'The cookie of a sign-in. What changes something must come from the same site.',
  },
};

/** The schemes that the endpoints know: a cookie only where somebody can sign in. */
function schemesOf(endpoints: readonly Endpoint[]): Record<string, Json> {
  const { session, ...keys } = securitySchemes;
  return endpoints.some(({ operation }) => operation === 'signIn') ? { ...keys, session } : { ...keys };
}

function parametersOf(spec: Endpoint): Json[] {
  const inPath = [...spec.path.matchAll(/:(\w+)/g)].map(([, name = '']) => pathParameter(name));
  const { properties = {}, required = [] } = spec.query
    ? (inlined(spec.query) as { properties?: Record<string, Json>; required?: string[] })
    : {};
  const inQuery = Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? { required: true } : {}),
    description,
    schema,
  }));
  return [
    ...inPath,
    ...inQuery,
    ...(spec.preview ? [parameter('Preview')] : []),
    ...(spec.idempotent ? [parameter('IdempotencyKey')] : []),
    ...(304 in spec.answers ? [parameter('IfNoneMatch')] : []),
  ];
}

/** A request without body and content type reads as `{}`: a body is needed where that does not do. */
function requestBodyOf(spec: Endpoint, { refTo }: Schemas): Json | null {
  const bytesMax = spec.wireBytesMax ?? bodyBytesMax;
  if (spec.raw !== undefined) {
    const content = { [spec.raw]: { schema: { type: 'object' } } };
    return { description: `At most ${bytesMax} bytes, as they were signed.`, required: true, content };
  }
  const schema = bodyOf(spec);
  if (!schema) return null;
  const required = !schema.safeParse({}).success;
  const gzip =
    spec.inflatedBytesMax === undefined ? '' : ` gzip is taken, up to ${spec.inflatedBytesMax} bytes inflated.`;
  return {
    description: `At most ${bytesMax} bytes.${gzip}${required ? '' : ' May be absent.'}`,
    required,
    content: { 'application/json': { schema: refTo(schema) } },
  };
}

const meanings: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Taken; the work follows.',
  204: 'Done, or nothing to do.',
  304: 'As it was.',
};

function successesOf(spec: Endpoint, { refTo }: Schemas): Record<string, Json> {
  const [first] = Object.values(spec.answers);
  const answers: Answers =
    spec.preview && !(200 in spec.answers) ? { 200: first ?? null, ...spec.answers } : spec.answers;
  const named = [
    'X-Request-Id',
    ...(spec.limits ? ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] : []),
    ...(spec.idempotent ? ['Idempotency-Replayed'] : []),
    ...(304 in spec.answers ? ['ETag'] : []),
  ];
  const contentOf = (status: string, schema: Answers[number]): Json => ({
    ...(schema ? { 'application/json': { schema: refTo(schema) } } : {}),
    ...(spec.text !== undefined && status === '200' ? { [spec.text]: { schema: { type: 'string' } } } : {}),
  });
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema = null]) => {
      const content = contentOf(status, schema);
      const description = meanings[Number(status)] ?? 'Done.';
      return [
        status,
        { description, headers: headersNamed(...named), ...(Object.keys(content).length > 0 ? { content } : {}) },
      ];
    }),
  );
}

/** The codes of each status, in order of status. */
function codesByStatus(spec: Endpoint): [number, FailureCode[]][] {
  const byStatus = Map.groupBy(failuresOf(spec), statusOf);
  return [...byStatus].sort(([a], [b]) => a - b);
}

const waits: ReadonlySet<FailureCode> = new Set(['rate_limited', 'unavailable', 'idempotency_in_progress']);

function failureResponse(codes: readonly FailureCode[], { refTo }: Schemas): Json {
  const schema = { allOf: [refTo(problemBody), { properties: { code: { enum: codes } } }] };
  return {
    description: codes.map((code) => `\`${code}\`: ${titleOf(code)}`).join('; '),
    headers: headersNamed('X-Request-Id', ...(codes.some((code) => waits.has(code)) ? ['Retry-After'] : [])),
    content: { 'application/json': { schema } },
  };
}

/** Responses to failures: what several operations answer is said once. */
function failureResponses(endpoints: readonly Endpoint[], schemas: Schemas) {
  const nameOf = (codes: readonly FailureCode[]) => codes.join('.');
  const uses = Map.groupBy(
    endpoints.flatMap((spec) => codesByStatus(spec).map(([, codes]) => codes)),
    nameOf,
  );
  const repeated = [...uses].filter(([, all]) => all.length > 1);
  const names = new Set(repeated.map(([name]) => name));
  return {
    components: Object.fromEntries(repeated.map(([name, [codes = []]]) => [name, failureResponse(codes, schemas)])),
    of: (spec: Endpoint): Record<string, Json> =>
      Object.fromEntries(
        codesByStatus(spec).map(([status, codes]) => [
          status,
          names.has(nameOf(codes))
            ? { $ref: `#/components/responses/${nameOf(codes)}` }
            : failureResponse(codes, schemas),
        ]),
      ),
  };
}

const limited = (spec: Endpoint): string =>
  (spec.limits ?? [])
    .map(({ by, rate }) => ` Limited by ${by === 'address' ? 'address' : 'caller'} (\`${rate}\`).`)
    .join('');

/** The document. */
export function openApiOf(endpoints: readonly Endpoint[]) {
  const schemas = schemasOf(endpoints);
  const failures = failureResponses(endpoints, schemas);
  const schemes = schemesOf(endpoints);
  const schemeNames = new Set(Object.keys(schemes));
  const operationOf = (spec: Endpoint): Json => {
    const requestBody = requestBodyOf(spec, schemas);
    return {
      operationId: spec.operation,
      tags: [chapterOf(spec.path).name],
      summary: spec.summary,
      description: `${admitted(spec.allow)}${limited(spec)}`,
      security: securityOf(spec.allow, schemeNames),
      'x-allow': spec.allow,
      parameters: parametersOf(spec),
      ...(requestBody ? { requestBody } : {}),
      responses: { ...successesOf(spec, schemas), ...failures.of(spec) },
    };
  };
  const paths = Object.fromEntries(
    [...Map.groupBy(endpoints, ({ path }) => path.replace(/:(\w+)/g, '{$1}'))].map(([path, specs]) => [
      path,
      Object.fromEntries(specs.map((spec) => [spec.method, operationOf(spec)])),
    ]),
  );
  const text = JSON.stringify([paths, failures.components]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tenantry API',
      version,
      description:
        'Every error has the body `Problem`; its `code` is stable, its `message` is for people. Fields may be added to answers: ignore those that you do not know.',
    },
    servers: [{ url: '/' }],
    tags: chaptersIn(new Set(endpoints.map(({ path }) => chapterOf(path).name))),
    paths,
    components: {
      schemas: schemas.usedIn(text),
      responses: failures.components,
      parameters,
      headers,
      securitySchemes: schemes,
    },
  };
}

/** The document as a file, for reading and for comparing versions (docs/openapi.json). */
export const openApiText = (endpoints: readonly Endpoint[]): string =>
  `${JSON.stringify(openApiOf(endpoints), null, 1)}\n`;
