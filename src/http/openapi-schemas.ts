/**
 * The schemas of bodies and answers as components of the OpenAPI document, each once. A schema's name is its route's
 * (`SignUpBody`), or one of its own where several routes or schemas share it. Both sides are described as they travel: an
 * answer may get further fields in a later version, so that none is closed.
 */
import { z } from 'zod';
import { clusterId, customerId, instant, jobId, leaseId, namespace, problemBody } from '../contracts/common.ts';
import { customerAnswer, signupAnswer } from '../contracts/customers.ts';
import { jobOrdered } from '../contracts/deployments.ts';
import { accepted, driftEntry, job, jobState, phase, verb } from '../contracts/jobs.ts';
import { licenceClaims } from '../contracts/licences.ts';
import { outboxDecisionAnswer, outboxDecisionBody } from '../contracts/outbox.ts';
import { publishAnswer } from '../contracts/plan-catalogue.ts';
import type { Route } from '../contracts/route.ts';
import { usageReport } from '../contracts/usage.ts';

/** A piece of the document. */
export type Json = Record<string, unknown>;
export interface Reference {
  $ref: string;
}

const shared: Readonly<Record<string, z.ZodType>> = {
  Accepted: accepted,
  ClusterId: clusterId,
  Customer: customerAnswer,
  CustomerId: customerId,
  Decision: outboxDecisionBody,
  DecisionAnswer: outboxDecisionAnswer,
  DriftEntry: driftEntry,
  Instant: instant,
  Job: job,
  JobId: jobId,
  JobOrdered: jobOrdered,
  JobState: jobState,
  LeaseId: leaseId,
  LicenceClaims: licenceClaims,
  Namespace: namespace,
  Phase: phase,
  Problem: problemBody,
  Published: publishAnswer,
  SignedUp: signupAnswer,
  UsageReport: usageReport,
  Verb: verb,
};

const place = '#/components/schemas/';
const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** What the document says of a schema that stands in the place where it is used. */
export function inlined(schema: z.ZodType): Json {
  const { $schema: _, ...form } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return form;
}

/** The schemas that some routes use, and where each of them stands. */
export interface Schemas {
  refTo: (schema: z.ZodType) => Reference;
  /** Of all those that the text of a document refers to, also by way of others. */
  usedIn: (text: string) => Record<string, Json>;
}

/** What a route takes, as its callers should make it. */
export const bodyOf = ({ body, bodyForm }: Pick<Route, 'body' | 'bodyForm'>): z.ZodType | undefined => bodyForm ?? body;

/** Names the schemas of some routes and describes them. */
export function schemasOf(routes: readonly Pick<Route, 'operation' | 'body' | 'bodyForm' | 'answers'>[]): Schemas {
  const names = new Map<z.ZodType, string>(Object.entries(shared).map(([name, schema]) => [schema, name]));
  const taken = new Set(names.values());
  const add = (schema: z.ZodType | null | undefined, name: string) => {
    if (!schema || names.has(schema)) return;
    if (taken.has(name)) throw new Error(`two schemas are called ${name}`);
    names.set(schema, name);
    taken.add(name);
  };
  for (const route of routes) {
    const operation = capitalised(route.operation);
    add(bodyOf(route), `${operation}Body`);
    const answers = Object.entries(route.answers).filter(([, schema]) => schema !== null);
    for (const [status, schema] of answers) add(schema, `${operation}Answer${answers.length > 1 ? status : ''}`);
  }
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const described = z.toJSONSchema(registry, { io: 'input', unrepresentable: 'any', uri: (id) => `${place}${id}` });
  const components = Object.fromEntries(
    Object.entries(described.schemas).map(([name, { $schema: _, $id: __, ...form }]) => [name, form as Json]),
  );
  return {
    refTo: (schema) => ({ $ref: `${place}${names.get(schema)}` }),
    usedIn: (text) => reached(components, text),
  };
}

function reached(components: Record<string, Json>, text: string): Record<string, Json> {
  const found = new Set<string>();
  const open = [text];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [, name = ''] of next.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      open.push(JSON.stringify(components[name]));
    }
  }
  return Object.fromEntries(Object.entries(components).filter(([name]) => found.has(name)));
}
