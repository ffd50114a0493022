/** Runs the real Helm on the chart in this repository, for tests: values by file, as the provisioner writes them. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { toValuesText } from '../../provisioner/values.ts';
import type { ChartValues } from '../../src/contracts/jobs.ts';
import { toolPath } from '../harness/tools.ts';

const run = promisify(execFile);

/** A chart renders tens of kilobytes; this is only no limit. */
const outputBytesMax = 64 * 1024 * 1024;

export const chartPath = resolve(import.meta.dirname, '../../charts/customer-instance');

/** What every rendered object has; `T` is its Kubernetes type where a test looks inside. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
}

/** `stderr` of a run that succeeded: warnings, e.g. those of the API server. */
export type HelmRun = { ok: true; stdout: string; stderr: string } | { ok: false; message: string };

export interface HelmInput {
  /** Sent as they are; a test that checks refusals may send what the type forbids. */
  values: ChartValues | Record<string, unknown>;
  /** A second values file: the operator's own changes to the chart's defaults. */
  overrides?: Record<string, unknown>;
  release?: string;
  namespace?: string;
  /** Another folder than the chart's own. */
  chart?: string;
}

/** Runs Helm. A refusal is a value, with Helm's own words. */
export async function runHelm(args: string[]): Promise<HelmRun> {
  try {
    const { stdout, stderr } = await run(toolPath('helm'), args, { maxBuffer: outputBytesMax });
    return { ok: true, stdout, stderr };
  } catch (error) {
    return { ok: false, message: (error as { stderr?: string }).stderr ?? String(error) };
  }
}

/** Runs Helm with the values in files. */
async function withValues(input: HelmInput, verb: string[], positionals: string[]): Promise<HelmRun> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-chart-'));
  try {
    const texts = [toValuesText(input.values), toValuesText(input.overrides ?? {})];
    const files = texts.map((text, index) => ({ text, path: join(folder, `values-${index}.json`) }));
    for (const { path, text } of files) await writeFile(path, text);
    const flags = files.flatMap(({ path }) => ['--values', path]);
    return await runHelm([...verb, ...flags, '--', ...positionals]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs `helm <verb> RELEASE CHART` for the customer of the values, in its namespace. */
export function helm(verb: string[], input: HelmInput): Promise<HelmRun> {
  const { shortId } = (input.values.customer ?? {}) as { shortId?: string };
  const namespace = input.namespace ?? `customer-${shortId}`;
  return withValues(
    input,
    [...verb, '--namespace', namespace],
    [input.release ?? `c${shortId}`, input.chart ?? chartPath],
  );
}

/** Runs `helm lint --strict` on the chart with these values. */
export const lint = (values: HelmInput['values'], overrides: Record<string, unknown> = {}): Promise<HelmRun> =>
  withValues({ values, overrides }, ['lint', '--strict'], [chartPath]);

/** The rendered objects, without those of `helm test`. Throws with Helm's words when the chart refuses the values. */
export async function render(
  values: HelmInput['values'],
  overrides: Record<string, unknown> = {},
  chart = chartPath,
): Promise<Manifest[]> {
  const result = await helm(['template', '--skip-tests'], { values, overrides, chart });
  if (!result.ok) throw new Error(result.message);
  return parseAllDocuments(result.stdout).flatMap((document) => {
    const errors = document.errors.map((error) => error.message);
    if (errors.length > 0) throw new Error(errors.join('; '));
    const object = document.toJS() as Manifest | null;
    return object === null ? [] : [object];
  });
}

/** Helm's words when it refuses the values, `null` when it renders them. */
export async function refusal(input: HelmInput): Promise<string | null> {
  const result = await helm(['template'], input);
  return result.ok ? null : result.message;
}

/** The object of a kind that belongs to a part of the chart, e.g. `pick<V1Deployment>(objects, 'Deployment', 'api')`. */
export function pick<T>(objects: Manifest[], kind: string, component: string): T {
  const found = objects.filter(
    (object) => object.kind === kind && object.metadata.labels?.['app.kubernetes.io/component'] === component,
  );
  if (found.length !== 1) throw new Error(`expected one ${kind} of ${component}, found ${found.length}`);
  return found[0] as T;
}

/** Maps with at most `width` runs at a time, in order: Helm is a process per call. */
export async function mapLimited<A, B>(
  items: readonly A[],
  width: number,
  step: (item: A) => Promise<B>,
): Promise<B[]> {
  const results: B[] = new Array(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await step(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
