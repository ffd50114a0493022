/**
 * Stripe's own OpenAPI, out of the stripe-mock that the tests have, and what it says of answers: which of ours is not as Stripe's
 * are. Stricter than the document: a field that an object of Stripe's does not have is wrong as well.
 */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { toolPath } from './tools.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Hash = { [name: string]: Json };
type OpenApi = { info: { version: string }; paths: Hash; components: { schemas: { [name: string]: Hash } } };

const begins = '{\n  "components": {';
const ends = '\n}';

/** The document that the program has in it; it has a larger one too, of what is not released. */
function readOpenApi(): OpenApi {
  const program = readFileSync(toolPath('stripe-mock'));
  const documents: OpenApi[] = [];
  for (let at = program.indexOf(begins); at >= 0; at = program.indexOf(begins, at + 1)) {
    const end = program.indexOf(ends, at);
    documents.push(JSON.parse(program.toString('utf8', at, end + ends.length)) as OpenApi);
  }
  const sizeOf = ({ components }: OpenApi) => Object.keys(components.schemas).length;
  const [released] = documents.toSorted((one, other) => sizeOf(one) - sizeOf(other));
  if (released === undefined) throw new Error('stripe-mock has no OpenAPI in it');
  return released;
}

const isHash = (value: Json | undefined): value is Hash =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Words that JSON Schema takes other than OpenAPI 3.0 does. */
function jsonSchema(node: Json): Json {
  if (Array.isArray(node)) return node.map(jsonSchema);
  if (!isHash(node)) return node;
  const { nullable, ...rest } = node;
  const schema: Hash = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, jsonSchema(value)]));
  const closed =
    schema['type'] === 'object' && isHash(schema['properties']) && schema['additionalProperties'] === undefined
      ? { ...schema, additionalProperties: false }
      : schema;
  return nullable === true ? { anyOf: [{ type: 'null' }, closed] } : closed;
}

/** References to the document's kinds as names. */
const byName = (schema: Json): Json =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"')) as Json;

/** A path of the document as an expression: `/v1/customers/{customer}`. */
const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/[.]/g, '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);

/** A field of a kind, or an address, that the document does not have yet. */
export type Newer = { schema: string; field: string } | { method: string; path: string; answers: string };

/** The document with what is newer. Throws for what it has by now. */
function withNewer(document: OpenApi, newer: readonly Newer[]): OpenApi {
  for (const one of newer) {
    if ('path' in one) {
      if (document.paths[one.path] !== undefined) throw new Error(`the document has ${one.path} by now`);
      const schema = { $ref: `#/components/schemas/${one.answers}` };
      const responses = { 200: { content: { 'application/json': { schema } } } };
      document.paths[one.path] = { [one.method.toLowerCase()]: { responses } };
      continue;
    }
    const properties = document.components.schemas[one.schema]?.['properties'];
    if (!isHash(properties)) throw new Error(`the document has no ${one.schema}`);
    if (properties[one.field] !== undefined) throw new Error(`the document has ${one.schema}.${one.field} by now`);
    properties[one.field] = {};
  }
  return document;
}

export type Answered = { method: string; path: string; body: unknown };
/** One place where an answer is not Stripe's. */
export type Difference = { where: string; what: string };

const placeOf = ({ instancePath, params }: ErrorObject): string => {
  const inside = instancePath.replaceAll(/\/\d+(?=\/|$)/g, '/*');
  const field = params as { additionalProperty?: string; missingProperty?: string };
  const name = field.additionalProperty ?? field.missingProperty;
  return name === undefined ? inside : `${inside}/${name}`;
};

/** What of a failed schema is worth reading: not that a value is also none of the alternatives. */
const deepest = (errors: ErrorObject[]): ErrorObject[] => {
  const told = errors.filter(({ keyword }) => !['anyOf', 'oneOf', 'if'].includes(keyword));
  return told.length === 0 ? errors : told;
};

/** @param newer what our version of Stripe's API has beyond the document's */
export function openStripeOpenApi(newer: readonly Newer[] = []) {
  const document = withNewer(readOpenApi(), newer);
  // Each kind under a name of its own: compiled once, however many addresses answer it.
  const kinds = Object.entries(document.components.schemas).map(([name, schema]) => ({
    ...(byName(jsonSchema(schema)) as Hash),
    $id: name,
  }));
  const judgeWith = (allErrors: boolean) =>
    new Ajv({ strict: false, validateFormats: false, allErrors }).addSchema(kinds);
  const quick = judgeWith(false);
  // Reads every alternative to its end, which takes ten times as long: only for what is wrong.
  const thorough = judgeWith(true);
  const compiled = new Map<string, ValidateFunction>();
  const paths = Object.keys(document.paths)
    .map((path) => ({ path, pattern: patternOf(path) }))
    .toSorted((one, other) => one.path.split('{').length - other.path.split('{').length);

  const validator = (ajv: Ajv, name: string, schema: Json): ValidateFunction => {
    const key = `${ajv === quick} ${name}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const made = ajv.compile(byName(schema) as object);
    compiled.set(key, made);
    return made;
  };

  const differences = (name: string, schema: Json, value: unknown): Difference[] => {
    if (validator(quick, name, schema)(value)) return [];
    const validate = validator(thorough, name, schema);
    validate(value);
    return deepest(validate.errors ?? []).map((error) => ({
      where: `${name}${placeOf(error)}`,
      what: error.message ?? '',
    }));
  };

  return {
    version: document.info.version,
    /** How one object differs from its kind. @param kind a schema's name: `invoice`, `checkout.session` */
    ofObject: (kind: string, object: unknown): Difference[] =>
      document.components.schemas[kind] === undefined
        ? [{ where: kind, what: 'is no kind of the document' }]
        : differences(kind, { $ref: `#/components/schemas/${kind}` }, object),
    /** How an answer with 200 differs from what its path answers. */
    ofAnswer({ method, path, body }: Answered): Difference[] {
      const found = paths.find(({ pattern }) => pattern.test(path))?.path;
      const responses =
        found === undefined ? undefined : at(document.paths[found], method.toLowerCase(), 'responses', '200');
      const schema = at(responses, 'content', 'application/json', 'schema');
      if (schema === undefined) return [{ where: `${method} ${path}`, what: 'is not in the document' }];
      return differences(`${method} ${found}`, jsonSchema(schema), body);
    },
  };
}
export type StripeOpenApi = ReturnType<typeof openStripeOpenApi>;

function at(node: Json | undefined, ...names: string[]): Json | undefined {
  return names.reduce<Json | undefined>((inside, name) => (isHash(inside) ? inside[name] : undefined), node);
}
