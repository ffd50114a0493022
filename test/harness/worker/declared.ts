/**
 * Holds answers to what their routes declare: of an error status and code, of anything else status, media type and schema,
 * to the last field. Every request of every test goes through it (api.ts), so that the suite checks the OpenAPI document.
 */
import { endpoints } from '../../../src/app.ts';
import { problemBody } from '../../../src/contracts/common.ts';
import { type FailureCode, statusOf } from '../../../src/contracts/failures.ts';
import { failuresOf } from '../../../src/contracts/failures-of.ts';
import type { Answers } from '../../../src/contracts/route.ts';
import type { Endpoint } from '../../../src/http/endpoint.ts';

interface Declared {
  method: string;
  path: RegExp;
  spec: Endpoint;
  codes: ReadonlySet<string>;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const patternOf = (path: string) => new RegExp(`^${escaped(path).replace(/:\w+/g, '[^/]+')}$`);

/** In the order in which they are mounted: the first that fits answers. */
export const declaredOf = (specs: readonly Endpoint[]): readonly Declared[] =>
  specs.map((spec) => ({
    method: spec.method.toUpperCase(),
    path: patternOf(spec.path),
    spec,
    codes: new Set(failuresOf(spec)),
  }));

let all: readonly Declared[] | null = null;

/** Names of fields that the schema's own reading of the value has dropped, by their path. */
function dropped(given: unknown, read: unknown, at = ''): string[] {
  if (Array.isArray(given)) {
    return Array.isArray(read) ? given.flatMap((item, n) => dropped(item, read[n], `${at}[${n}]`)) : [];
  }
  if (typeof given !== 'object' || given === null || typeof read !== 'object' || read === null) return [];
  return Object.entries(given).flatMap(([name, value]) =>
    name in read ? dropped(value, (read as Record<string, unknown>)[name], `${at}.${name}`) : [`${at}.${name}`],
  );
}

function problemFault({ spec, codes }: Declared, status: number, text: string): string | null {
  const read = problemBody.strict().safeParse(JSON.parse(text));
  if (!read.success) return `an error of another shape: ${text.slice(0, 300)}`;
  const { code } = read.data;
  if (!codes.has(code)) return `the code ${code}, which ${spec.operation} does not declare in its failures`;
  const own = statusOf(code as FailureCode);
  return own === status ? null : `${code} with ${status} in the place of ${own}`;
}

function successFault({ spec }: Declared, response: Response, text: string): string | null {
  const { status } = response;
  const answers: Answers = spec.preview
    ? { 200: Object.values(spec.answers)[0] ?? null, ...spec.answers }
    : spec.answers;
  if (!(status in answers)) return `the status ${status}, which ${spec.operation} does not declare in its answers`;
  const type = response.headers.get('content-type');
  if (status === 200 && spec.text !== undefined && type === spec.text) return null;
  const schema = answers[status];
  if (!schema) return text === '' ? null : `a body (${type}) where ${spec.operation} declares none`;
  if (type !== 'application/json') return `${type} in the place of JSON`;
  const body = JSON.parse(text) as unknown;
  const read = schema.safeParse(body);
  if (!read.success) return `a body that is not of its schema: ${read.error.message}`;
  const unknown = dropped(body, read.data);
  return unknown.length === 0 ? null : `fields that its schema does not have: ${unknown.join(', ')}`;
}

/** What of the answer the route does not declare, a sentence; null where all of it is as declared, or where no route is. */
export async function faultOf(
  declared: readonly Declared[],
  method: string,
  path: string,
  response: Response,
): Promise<string | null> {
  const [bare = ''] = path.split('?');
  const found = declared.find((one) => one.method === method && one.path.test(bare));
  if (!found) return null;
  const text = new TextDecoder().decode(await response.clone().arrayBuffer());
  const fault =
    response.status >= 400 ? problemFault(found, response.status, text) : successFault(found, response, text);
  return fault && `${method} ${path} answers ${response.status} with ${fault}`;
}

/** @throws where an answer is not what its route declares */
export async function holdToDeclared(method: string, path: string, response: Response): Promise<void> {
  all ??= declaredOf(endpoints);
  const fault = await faultOf(all, method, path, response);
  if (fault) throw new Error(fault);
}
