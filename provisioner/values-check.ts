/**
 * The operator's own values (HELM_VALUES_FILE) against the chart, with the values of a sample customer of each shape: a name
 * that the chart does not know is then a wrong configuration, said once, and no customer's failed deployment. Renders
 * only; which kinds the cluster has it is told.
 */
import { readFile, stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ChartValues } from '../src/contracts/jobs.ts';
import { messageOf } from '../src/lib/message.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { lastWords } from './classify.ts';
import type { Monotonic } from './clock.ts';
import type { Helm, RunLimits } from './helm.ts';
import { type Chart, listItem } from './release.ts';
import { toValuesText } from './values.ts';

/** How long a helm that only renders may take; the first after a boot reads its binary from a cold disk. */
const renderMs = 30_000;

const shortId = '00000000';
const sample: Omit<ChartValues, 'quota' | 'monitoring'> = {
  customer: {
    id: `cust_${'0'.repeat(32)}`,
    shortId,
    organisationId: `org_${'0'.repeat(32)}`,
    companyName: 'Sample',
    email: 'sample@example.com',
  },
  plan: 'sample',
  suspended: false,
  metering: true,
  baseDomain: 'example.com',
  billingApiUrl: 'https://billing.example.com',
  storageClass: '',
  license: { publicKey: '-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n' },
};
const monitoring = { scrapeInterval: '30s', retention: '15d', storageSize: '10Gi' };
/**
 * What plans differ in: a stack on the shared Prometheus, within the chart's own quota, and one with all the parts that a stack can
 * have. How much room that one has, its plan says to each job; here it has enough.
 */
const shapes: Pick<ChartValues, 'monitoring' | 'quota'>[] = [
  { monitoring: { ...monitoring, dedicated: false, grafana: false } },
  {
    monitoring: { ...monitoring, dedicated: true, grafana: true },
    quota: {
      cpu: '1000',
      memory: '1000Gi',
      ephemeralStorage: '1000Gi',
      storage: '1000Ti',
      containerMax: { cpu: '1000', memory: '1000Gi', 'ephemeral-storage': '1000Gi' },
      claimMax: '1000Ti',
    },
  },
];

/** Whether the file is a map of values that the chart takes in a cluster that has `kinds`; the error is one line. */
export async function checkValues(
  helm: Helm,
  chart: Chart,
  limits: RunLimits,
  kinds: readonly string[],
): Promise<Result<void, string>> {
  const path = chart.valuesFile;
  if (path === undefined) return ok(undefined);
  const read = await readMap(path);
  if (!read.ok) return read;
  for (const shape of shapes) {
    const run = await helm(
      () => [
        'template',
        ...kinds.flatMap((kind) => ['--api-versions', kind]),
        '--namespace',
        `customer-${shortId}`,
        '--values',
        listItem(path),
        '--values',
        '-',
        '--',
        `c${shortId}`,
        chart.path,
      ],
      limits,
      toValuesText({ ...sample, ...shape }),
    );
    if (run.kind === 'exited' && run.code === 0) continue;
    const why = run.kind === 'exited' ? lastWords(run.stderr) : `helm template: ${run.kind}`;
    return err(`${path}: ${why.replace(/\s+/g, ' ')}`);
  }
  return ok(undefined);
}

/** Whether the file can be read and is a map; what it may name is the chart's to say. */
export async function readMap(path: string | undefined): Promise<Result<void, string>> {
  if (path === undefined) return ok(undefined);
  try {
    const read = z
      .record(z.string(), z.unknown())
      .nullable()
      .safeParse(parse(await readFile(path, 'utf8')));
    return read.success ? ok(undefined) : err(`${path} holds no map of values`);
  } catch (error) {
    // The error's first line says what and where; behind it a YAML reader repeats a part of the file.
    return err(`${path}: ${messageOf(error).split('\n')[0]?.replace(/:$/, '')}`);
  }
}

/**
 * The same question for a file that may change while the provisioner runs, since every Helm run reads it anew: asked again
 * when the file is another one than it was, and as long as it is refused, since what it asks for may have been installed
 * meanwhile. Cheap otherwise.
 * @param kinds asks the cluster which kinds it has
 */
export function valuesWatch(
  helm: Helm,
  chart: Chart,
  now: Monotonic,
  kinds: () => Promise<readonly string[]>,
): () => Promise<Result<void, string>> {
  let seen = '';
  let found: Result<void, string> = ok(undefined);
  return async () => {
    if (chart.valuesFile === undefined) return found;
    const mark = await stat(chart.valuesFile).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
      (error: unknown) => messageOf(error),
    );
    if (mark === seen && found.ok) return found;
    const limits = { workUntil: now() + renderMs, minMs: 0, signal: new AbortController().signal };
    const checked = await checkValues(helm, chart, limits, await kinds());
    found = checked.ok ? checked : err(`HELM_VALUES_FILE: ${checked.error}`);
    seen = mark;
    return found;
  };
}
