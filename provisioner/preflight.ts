/**
 * What must be right before any job is leased: helm, its version, the chart, the kubeconfig. A mistake in these is a
 * wrong configuration and ends the process; a cluster that does not answer is not, and is waited for.
 */
import { existsSync } from 'node:fs';
import { err, ok, type Result } from '../src/lib/result.ts';
import type { Monotonic } from './clock.ts';
import { type Config, proxiesOf } from './env.ts';
import type { Helm } from './helm.ts';
import { connect, type Kube } from './kube.ts';
import { optionalKinds } from './optional-kinds.ts';
import { checkChart, version } from './release.ts';
import { checkValues, readMap } from './values-check.ts';

/** How long a local helm command may take; the first after a boot reads its binary from a cold disk. */
const checkMs = 30_000;

/** The oldest supported Helm of each major version (docs/provisioner.md); newer majors are taken as they come. */
const oldest: Record<number, readonly [number, number, number]> = { 3: [3, 20, 2], 4: [4, 1, 4] };

/** Whether a version as helm prints it (`v4.3.1`, also `v4.3` of a build from source) is new enough. */
export function helmIsNewEnough(text: string): boolean {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (!match) return false;
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  const floor = oldest[major];
  if (floor === undefined) return major > 4;
  return minor > floor[1] || (minor === floor[1] && patch >= floor[2]);
}

/** Checks all of it; on failure one line per mistake, each beginning with its variable. `env` is what Helm runs with. */
export async function preflight(
  config: Config,
  helm: Helm,
  env: Record<string, string>,
  now: Monotonic,
): Promise<Result<{ kube: Kube; helmVersion: string }, string[]>> {
  const limits = { workUntil: now() + checkMs, minMs: 0, signal: new AbortController().signal };
  const lines: string[] = [];
  const found = await version(helm, limits);
  if (!found.ok) lines.push(`HELM_BIN: ${found.error.message} (${found.error.code})`);
  else if (!helmIsNewEnough(found.value)) {
    lines.push(`HELM_BIN: ${found.value} is too old, 3.20.2 or 4.1.4 is needed (helm_too_old)`);
  } else {
    const path = config.HELM_CHART_PATH;
    const chart = existsSync(path) ? await checkChart(helm, path, limits) : err(`there is no chart at ${path}`);
    if (!chart.ok) lines.push(`HELM_CHART_PATH: ${chart.error} (chart_broken)`);
  }
  // A chart that cannot be read says so itself.
  const chart = { path: config.HELM_CHART_PATH, valuesFile: config.HELM_VALUES_FILE };
  // The cluster may not answer yet: that it lacks a kind is the jobs' to say, which wait for it.
  const values = await (lines.length === 0
    ? checkValues(helm, chart, limits, optionalKinds)
    : readMap(chart.valuesFile));
  if (!values.ok) lines.push(`HELM_VALUES_FILE: ${values.error} (values_invalid)`);
  const kube = connect(config.KUBECONFIG, env, proxiesOf(config));
  if (!kube.ok) lines.push(`KUBECONFIG: ${kube.error} (kubeconfig_invalid)`);
  return found.ok && kube.ok && lines.length === 0 ? ok({ kube: kube.value, helmVersion: found.value }) : err(lines);
}
