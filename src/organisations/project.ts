/** A project as billing reads it, and how one is found by what people call it. Pure. */

export interface ProjectRow {
  seq: number;
  namespace: string;
  clusterId: string;
  customerId: string;
  /** The customer's own namespace, which runs only while its stack does. */
  own: boolean;
  /** Null is none. */
  labels: Readonly<Record<string, string>> | null;
  /** Where its attachment ended, ms; null while it is attached. */
  detachedAt: number | null;
}

/** Whether a project was attached at any time after an instant, ms. What it used in its last hour ends where it was detached. */
export const isAttachedAfter = ({ detachedAt }: Pick<ProjectRow, 'detachedAt'>, instant: number): boolean =>
  detachedAt === null || detachedAt > instant;

/** Every label key that some projects have, sorted. */
export const labelKeysOf = (projects: readonly ProjectRow[]): string[] =>
  [...new Set(projects.flatMap(({ labels }) => Object.keys(labels ?? {})))].sort();

/** Whether a project is found by what somebody typed: a part of its namespace, or of a label. */
export function isFoundBy({ namespace, labels }: ProjectRow, typed: string): boolean {
  const text = typed.trim().toLowerCase();
  const words = [namespace, ...Object.entries(labels ?? {}).map(([key, value]) => `${key}:${value}`)];
  return words.some((word) => word.toLowerCase().includes(text));
}

/** The value of a project's label, null where it has none of that key: what every object has (`constructor`) is no label. */
export const labelOf = ({ labels }: Pick<ProjectRow, 'labels'>, key: string): string | null =>
  labels !== null && Object.hasOwn(labels, key) ? (labels[key] ?? null) : null;

/** Whether a project has the label that `key:value` names. */
export function hasLabel(project: ProjectRow, pair: string): boolean {
  const colon = pair.indexOf(':');
  return labelOf(project, pair.slice(0, colon)) === pair.slice(colon + 1);
}
