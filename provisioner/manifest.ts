/** The objects of a release's manifest, and how two states of one object differ. Pure. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { err, ok, type Result } from '../src/lib/result.ts';

export type ManifestObject = KubernetesObject & { apiVersion: string; kind: string; metadata: { name: string } };

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/**
 * Reads `helm get manifest`. As Helm's own reader does it, by YAML 1.1: `0440` is octal there. Texts that look like a
 * time stay texts, as they do in Kubernetes.
 */
export function parseManifest(text: string): Result<ManifestObject[], string> {
  const documents = parseAllDocuments(text, {
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !isTime(tag)),
  });
  if (!Array.isArray(documents)) return ok([]);
  const objects: ManifestObject[] = [];
  for (const document of documents) {
    const [error] = document.errors;
    if (error) return err(`the manifest is no YAML: ${error.message.split('\n')[0]}`);
    const value: unknown = document.toJS();
    if (value === null || value === undefined) continue;
    const read = object.safeParse(value);
    if (!read.success) return err('the manifest holds something that is no Kubernetes object');
    objects.push(read.data);
  }
  return ok(objects);
}

const isTime = ({ tag, format }: { tag: string; format?: string }): boolean =>
  tag.endsWith(':timestamp') || format === 'TIME';

/** What the cluster writes by itself, in every object. */
const ownMetadata = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'uid',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]);
const valueMax = 80;

export type Difference = { path: string; lives: string; wanted: string };

/** One line, e.g. `spec.replicas: 5, wanted 2`. */
export const inWords = ({ path, lives, wanted }: Difference): string => `${path}: ${lives}, wanted ${wanted}`;

/**
 * Where an object as it lives differs from the same object as it would be with the release laid over it. Contents of
 * Secrets are not shown.
 */
export function differences(lives: unknown, wanted: unknown, kind: string): Difference[] {
  return pathsThatDiffer(lives, wanted, []).map(({ path, a, b }) => {
    const hidden = kind === 'Secret' && /^(data|stringData)$/.test(path[0] ?? '');
    return {
      path: path.join('.'),
      lives: hidden ? 'another value' : shown(a),
      wanted: hidden ? 'the release’s' : shown(b),
    };
  });
}

function pathsThatDiffer(a: unknown, b: unknown, path: string[]): { path: string[]; a: unknown; b: unknown }[] {
  if (isSkipped(path) || equal(a, b)) return [];
  const parts = partsOf(a, b);
  return parts === null ? [{ path, a, b }] : parts.flatMap(([key, x, y]) => pathsThatDiffer(x, y, [...path, key]));
}

/** The members of both, side by side; null where the two are to be told as they are. */
function partsOf(a: unknown, b: unknown): [string, unknown, unknown][] | null {
  if (isMap(a) && isMap(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, a[key], b[key]]);
  }
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return null;
  return a.map((item: unknown, n) => [String(n), item, b[n]]);
}

const isSkipped = ([first, second]: string[]): boolean =>
  first === 'status' || (first === 'metadata' && second !== undefined && ownMetadata.has(second));

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function shown(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value);
  return text.length <= valueMax ? text : `${text.slice(0, valueMax - 1)}…`;
}
