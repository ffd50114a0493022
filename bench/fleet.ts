/** `npm run figures -- fleet`: a thousand customers at once on the test's control plane, beside Helm by hand and beside what Flux has published. */
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { bringUpFleet, type Stretch } from './support/fleet/fleet.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

type Options = { customers: number; concurrency: number; byHand: number; minutes: number };

/**
 * github.com/fluxcd/flux-benchmark, RESULTS.md, Flux v2.9.0: 1,000 HelmReleases of podinfo (four objects each, no pods), helm-controller with a
 * concurrency of 10, on 16 cores.
 */
const flux = { releases: 1000, seconds: 4 * 60 + 39, memoryMiB: 361, cores: 16 };

/** The embedded platform's cluster has room for 1,200 stacks, and one is the pattern of those by hand. */
function customersOf(text: string): number {
  const customers = wholeNumber(text);
  if (customers > customersMax) throw new InvalidArgumentError(`must be at most ${customersMax}`);
  return customers;
}
const customersMax = 1199;

export async function run(args: string[]): Promise<void> {
  const command = new Command('fleet')
    .description('customers who sign up at once, brought up by one provisioner; as many made by hand before and after')
    .option('--customers <n>', 'how many (at most 1199)', customersOf, 1000)
    .option('--concurrency <n>', 'jobs at once, and helms by hand (at most 50)', wholeNumber, 10)
    .option('--by-hand <n>', 'stacks by hand, each time: a few times the concurrency', wholeNumber, 30)
    .option('--minutes <n>', 'the longest that the fleet may take', wholeNumber, 180)
    .parse(args, { from: 'user' });
  const options = command.opts<Options>();
  const startedMs = Date.now();
  const log = (line: string) => console.log(`${Math.round((Date.now() - startedMs) / 1000)} s  ${line}`);
  const result = await bringUpFleet({ ...options, log });
  const { fleet, handBefore, handAfter, requests } = result;
  const cores = availableParallelism();

  console.log();
  printTable([
    ['what', 'releases', 'minutes', 'releases/s', 'a core', 'CPU s a release', 'MiB, with its helms'],
    row('the fleet', fleet, cores, `${result.provisionerMiB}, ${result.withHelmsMiB}`),
    row('Helm by hand, before', handBefore, cores),
    row('Helm by hand, after', handAfter, cores),
    ['Flux v2.9.0, published', flux.releases, ...paceOf(flux, flux.cores), '', String(flux.memoryMiB)],
  ]);
  console.log();
  const byHandCpu = (name: string): string => cell(handBefore, name === 'helm' ? 'helm by hand' : name);
  printTable([
    ['CPU s a release', 'the fleet', 'by hand, before'],
    ...Object.keys(fleet.cpu)
      .filter((name) => name !== 'helm by hand')
      .map((name) => [name, cell(fleet, name), byHandCpu(name)]),
  ]);
  if (requests) {
    console.log();
    printTable([
      ['who asks the API server', 'calls a customer'],
      ...Object.entries(requests)
        .sort(([, a], [, b]) => b - a)
        .map(([who, calls]) => [who, (calls / Math.max(1, result.ready)).toFixed(1)]),
    ]);
  }
  const ratio = perRelease(fleet) / ((perRelease(handBefore) + perRelease(handAfter)) / 2);
  console.log(`\na release takes ${ratio.toFixed(2)} times as long as by hand`);
  printJson('fleet', { ...options, ratio, ...result, flux });
  const deployed = options.customers + 1 + 2 * options.byHand;
  if (result.ready < options.customers || result.failed > 0 || result.deployedReleases !== deployed)
    process.exitCode = 1;
}

const perRelease = ({ seconds, releases }: Stretch): number => seconds / Math.max(1, releases);
const cpuOf = ({ cpu, releases }: Stretch): number =>
  Object.values(cpu).reduce((sum, seconds) => sum + seconds, 0) / Math.max(1, releases);
const cell = ({ cpu, releases }: Stretch, name: string): string =>
  ((cpu[name] ?? 0) / Math.max(1, releases)).toFixed(2);

const paceOf = ({ seconds, releases }: Pick<Stretch, 'seconds' | 'releases'>, cores: number): string[] => [
  (seconds / 60).toFixed(1),
  (releases / seconds).toFixed(2),
  (releases / seconds / cores).toFixed(2),
];

const row = (what: string, stretch: Stretch, cores: number, memory = ''): (string | number)[] => [
  what,
  stretch.releases,
  ...paceOf(stretch, cores),
  cpuOf(stretch).toFixed(2),
  memory,
];
