/** What projects cost in Prometheus's text format, version 0.0.4. Pure. */
import { secondMs } from '../lib/time.ts';

/** One project as it is written: cents of the month so far by meter, of the last full hour, the newest window's end, ms. */
export interface Measured {
  namespace: string;
  clusterId: string;
  meters: readonly { meter: string; cents: number }[];
  hourCents: number;
  asOf: number | null;
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

const centsPerDollar = 100;

/** A label's value: backslashes, quotes and ends of lines are escaped, and nothing else. */
const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const labelled = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');

interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

const family = (name: string, help: string, samples: readonly Sample[]): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(({ labels, value }) => `${name}{${labelled(labels)}} ${value}`),
    '',
  ].join('\n');

/** All families. They are gauges: a month begins at nothing again, and a late correction lowers it. */
export function metricsText(projects: readonly Measured[]): string {
  const named = projects.map((project) => ({
    ...project,
    labels: { project: project.namespace, cluster: project.clusterId },
  }));
  return [
    family(
      'tenantry_project_cost_dollars',
      'What the project cost in this calendar month (UTC) so far, at list rates, by meter.',
      named.flatMap(({ labels, meters }) =>
        meters.map(({ meter, cents }) => ({ labels: { ...labels, meter }, value: cents / centsPerDollar })),
      ),
    ),
    family(
      'tenantry_project_hourly_cost_dollars',
      'What the project cost in the last full hour, at list rates.',
      named.map(({ labels, hourCents }) => ({ labels, value: hourCents / centsPerDollar })),
    ),
    family(
      'tenantry_project_usage_timestamp_seconds',
      'The end of the newest window in the cost of this month.',
      named.flatMap(({ labels, asOf }) => (asOf === null ? [] : [{ labels, value: asOf / secondMs }])),
    ),
  ].join('');
}
