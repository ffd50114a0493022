/**
 * Judges of rendered objects beside the API server: kubeconform by the schemas of that very server, strictly and without a
 * network, and kube-score by what is good practice. Owns the form that each takes and what of kube-score's checks is not ours.
 */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolPath } from '../harness/tools.ts';

/** A definition of the server's OpenAPI (version 2), as far as it is read here. */
interface Definition {
  $ref?: string;
  type?: string;
  format?: string;
  properties?: Record<string, Definition>;
  additionalProperties?: Definition | boolean;
  items?: Definition;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}
export interface OpenApi {
  definitions: Record<string, Definition>;
}
type Schema = Record<string, unknown>;

const refStart = '#/definitions/';
/** Written as text in the OpenAPI, and taken as a number too. */
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

/**
 * Writes a JSON schema for every kind that the server has, each with all that it refers to, by the names that `conform` looks
 * for. Strict: an object takes no property that its definition does not name.
 */
export async function writeSchemas({ definitions }: OpenApi, folder: string): Promise<void> {
  const schemas = Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      name === quantity ? { type: ['string', 'number'] } : schemaOf(definition),
    ]),
  );
  for (const [name, { 'x-kubernetes-group-version-kind': kinds = [] }] of Object.entries(definitions)) {
    const [only] = kinds;
    if (only === undefined || kinds.length > 1) continue;
    const needed = [...closureOf(name, schemas)].map((each) => [each, schemas[each]]);
    const schema = { $ref: refStart + name, definitions: Object.fromEntries(needed) };
    await writeFile(
      join(folder, fileOf(only.group || only.version, only.version, only.kind.toLowerCase())),
      JSON.stringify(schema),
    );
  }
}

/** kubeconform takes the first part of `apiVersion` for the group, of a kind of the core its version. */
const fileOf = (group: string, version: string, kind: string): string => `${kind}_${group}_${version}.json`;

function schemaOf(definition: Definition): Schema {
  const { $ref, type, format, properties, additionalProperties, items } = definition;
  if ($ref !== undefined) return { $ref };
  if (format === 'int-or-string') return { type: ['string', 'integer'] };
  const inner = Object.entries(properties ?? {}).map(([name, of]) => [name, schemaOf(of)]);
  const rest = typeof additionalProperties === 'object' ? schemaOf(additionalProperties) : additionalProperties;
  return {
    ...pickTexts(definition as Schema, ['type', 'enum', 'required', 'minimum', 'maximum', 'pattern']),
    ...(type === undefined && properties !== undefined ? { type: 'object' } : {}),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(inner), additionalProperties: rest ?? false }),
    ...(properties === undefined && rest !== undefined ? { additionalProperties: rest } : {}),
    ...(items === undefined ? {} : { items: schemaOf(items) }),
  };
}

const pickTexts = (from: Schema, names: string[]): Schema =>
  Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));

/** The names of a definition and of all that it refers to, over any number of steps. */
function closureOf(name: string, schemas: Record<string, Schema>): Set<string> {
  const found = new Set<string>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(
      ...[...JSON.stringify(schemas[next]).matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, ref = '']) => ref),
    );
  }
  return found;
}

/** Runs a judge on the objects. It ends with 1 where it has something to say, which its output says too. */
function judge(program: string, args: string[], manifests: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(toolPath(program), args);
    const said = { stdout: '', stderr: '' };
    for (const way of ['stdout', 'stderr'] as const) child[way].on('data', (text) => (said[way] += String(text)));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 || code === 1 ? resolve(said.stdout) : reject(new Error(`${program}: ${said.stderr}`)),
    );
    child.stdin.end(manifests);
  });
}

/** How many objects were judged, and a line for each complaint. */
export interface Judgement {
  judged: number;
  complaints: string[];
}

/**
 * What kubeconform says of the objects: of each that its schema does not take, or that has none.
 * @param folder where `writeSchemas` has written
 */
export async function conform(manifests: string, folder: string): Promise<Judgement> {
  const location = join(folder, fileOf('{{.Group}}', '{{.ResourceAPIVersion}}', '{{.ResourceKind}}'));
  const args = ['-strict', '-verbose', '-output', 'json', '-schema-location', location];
  const { resources } = JSON.parse(await judge('kubeconform', args, manifests)) as {
    resources: { kind: string; name: string; status: string; msg: string }[];
  };
  // A template that renders nothing leaves a document of a comment.
  const judged = resources.filter(({ status }) => status !== '');
  const wrong = judged.filter(({ status }) => status !== 'statusValid');
  return { judged: judged.length, complaints: wrong.map(({ kind, name, msg }) => `${kind}/${name}: ${msg}`) };
}

/** Checks of kube-score that are not ours, and why. Without an object: of every one. */
export const exceptions: readonly { check: string; object?: RegExp; because: string }[] = [
  {
    check: 'container-image-pull-policy',
    because:
      'images are named by fixed tags or by digest, and a registry that is away must not keep a pod from starting',
  },
  {
    check: 'container-security-context-user-group-id',
    because: 'the users are those of the images (PostgreSQL 70, mosquitto 1883, Node 1000, …), who own the data',
  },
  {
    check: 'pod-probes-identical',
    because: 'a server has one answer; the probes differ in how long they wait: readiness 15 s, liveness a minute',
  },
  {
    check: 'statefulset-has-servicename',
    because:
      'a headless service names the pods of a set, of which each has one; clients use the service’s own address and ports',
  },
  {
    check: 'networkpolicy-targets-pod',
    object: /acme-solver$/,
    because: 'its pods are cert-manager’s, which makes them for as long as a certificate is asked for',
  },
];

interface Scored {
  object_name: string;
  checks: {
    check: { id: string };
    grade: number;
    skipped: boolean;
    comments: { path: string; summary: string }[] | null;
  }[];
}
/** kube-score's grade of what it calls critical; a warning has 5. */
const critical = 1;

/** What kube-score calls critical in the objects, but for the exceptions; `used` are the exceptions that were met. */
export async function score(manifests: string): Promise<Judgement & { used: string[] }> {
  const scored = JSON.parse(
    await judge('kube-score', ['score', '--output-format', 'json', '-'], manifests),
  ) as Scored[];
  const found = scored.flatMap(({ object_name, checks }) =>
    checks
      .filter(({ grade, skipped }) => grade === critical && !skipped)
      .map(({ check, comments }) => ({ object: object_name, check: check.id, comments: comments ?? [] })),
  );
  const excepted = (of: { object: string; check: string }) =>
    exceptions.find(({ check, object }) => check === of.check && (object?.test(of.object) ?? true));
  return {
    judged: scored.length,
    complaints: found
      .filter((each) => !excepted(each))
      .map(({ object, check, comments }) => {
        const said = comments.map(({ path, summary }) => `${path} ${summary}`.trim()).join('; ');
        return `${object}: ${check}: ${said}`;
      }),
    used: found.flatMap((each) => excepted(each)?.check ?? []),
  };
}
