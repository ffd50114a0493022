/** `npm run figures -- exporter`: memory and seconds per window of the bundled exporter, and how they grow with pods and namespaces. */
import { Command } from 'commander';
import { bundleExporter } from '../exporter/bundle.ts';
import { customerId } from '../test/exporter/stand-ins.ts';
import { crowdedCluster, crowdedDay } from '../test/metering/crowd.ts';
import { serveDays } from '../test/metering/days.ts';
import { hourMs } from '../test/metering/model.ts';
import { measureCluster } from './support/exporter/cluster.ts';
import { flags, type Measured, runExporter } from './support/exporter/run.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

const rssLimitMiB = 96;
const podsOfTheLimit = 100;
/** Two thirds of what the chart's values for a cluster allow (charts/billing-exporter/ci/cluster-values.yaml). */
const clusterLimitMiB = 128;
const windows = 3;
/** When the garbage collector comes makes some MiB of difference between two runs. */
const runsEach = 3;
const patienceMs = 120_000;

type Options = { pods: string; namespaces: string; windows: number };

export async function run(args: string[]): Promise<void> {
  const command = new Command('exporter')
    .description(
      'the bundled exporter over hourly windows scraped every 30 s: of a namespace of two-container pods (the middle of three runs), and MODE=cluster over many namespaces of eight pods',
    )
    .option('--pods <list>', 'numbers of pods, with commas; none: without', '10,100,300')
    .option('--namespaces <list>', 'numbers of namespaces, with commas; none: without', '100,500')
    .option('--windows <n>', 'hours of each namespace', wholeNumber, 2)
    .parse(args, { from: 'user' });
  const options = command.opts<Options>();
  const bundle = await bundleExporter();
  const ofPods = [];
  for (const pods of numbersIn(options.pods)) ofPods.push({ pods, ...(await measurePods(bundle, pods)) });
  if (ofPods.length > 0) printTable([['pods', ...headings], ...ofPods.map((m) => [m.pods, ...cellsOf(m, 1)])]);
  const ofNamespaces = [];
  for (const namespaces of numbersIn(options.namespaces)) {
    const toMs = Math.floor(Date.now() / hourMs) * hourMs;
    console.log(`samples of ${namespaces} namespaces`);
    const served = await serveDays(crowdedCluster(namespaces, toMs - options.windows * hourMs, toMs));
    try {
      ofNamespaces.push({ namespaces, ...(await measureCluster(bundle, served, options.windows)) });
    } finally {
      await served.stop();
    }
  }
  const rows = ofNamespaces.map((m) => [m.namespaces, ...cellsOf(m, m.namespaces)]);
  if (rows.length > 0) printTable([['namespaces', ...headings], ...rows]);
  printJson('exporter', { flags, pods: ofPods, namespaces: ofNamespaces });
  const good =
    ofPods.every((m) => m.complete === windows && (m.pods > podsOfTheLimit || m.peakMiB < rssLimitMiB)) &&
    ofNamespaces.every((m) => m.complete === m.namespaces * options.windows && m.peakMiB < clusterLimitMiB);
  if (!good) process.exitCode = 1;
}

const numbersIn = (list: string): number[] => (list === 'none' ? [] : list.split(',').map(wholeNumber));

const headings = ['windows', 'complete', 'seconds an hour', 'CPU s an hour', 'idle MiB', 'peak RSS MiB'];
/** @param perHour reports that one hour has */
function cellsOf(m: Measured, perHour: number): (string | number)[] {
  const hours = Math.max(1, m.reports / perHour);
  return [
    m.reports,
    m.complete,
    (m.seconds / hours).toFixed(2),
    (m.cpuSeconds / hours).toFixed(2),
    m.idleMiB,
    m.peakMiB,
  ];
}

/** The run in the middle by its peak; complete only as the worst of them. */
async function measurePods(bundle: string, pods: number): Promise<Measured> {
  const toMs = Math.floor(Date.now() / hourMs) * hourMs;
  const day = crowdedDay(pods, toMs - windows * hourMs, toMs);
  const served = await serveDays([day]);
  const runs: Measured[] = [];
  try {
    for (let n = 0; n < runsEach; n++) {
      const env = { CUSTOMER_ID: customerId, NAMESPACE: day.namespace };
      const { url: prometheusUrl } = served.prometheus;
      runs.push(await runExporter({ bundle, prometheusUrl, fromMs: day.fromMs, env, reports: windows, patienceMs }));
    }
  } finally {
    await served.stop();
  }
  const chosen = runs.toSorted((a, b) => a.peakMiB - b.peakMiB)[Math.floor(runs.length / 2)];
  if (!chosen) throw new Error('nothing was measured');
  return { ...chosen, complete: Math.min(...runs.map((r) => r.complete)) };
}
