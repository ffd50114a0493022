/**
 * Minutes per folder of tests: what the run took, beside what the folder may take. They are minutes of a worker, of which
 * a run has four, on a machine of 2 cores; the whole has to stay under 35. A folder that is over its budget gives its
 * longest test to `npm run figures` and keeps a short form of it.
 */

/** The part of the runner's JSON report that is read here; times in ms. */
export interface TimedFile {
  name: string;
  startTime: number;
  endTime: number;
}

const MINUTE_MS = 60_000;

/**
 * Minutes. A folder that is not here has OTHERS. They are what a whole run of 37 minutes took on 28 November 2026, rounded up to the
 * next half minute, or a little more where much of it waits. Four workers on two cores wait for each other: alone a folder takes about half.
 */
const BUDGETS: Record<string, number> = {
  browser: 20,
  charts: 5.5,
  cli: 2,
  cluster: 1,
  dev: 10,
  // Most of it is a window of a minute that has to pass.
  examples: 3,
  exporter: 1.5,
  journeys: 7.5,
  metering: 3,
  // Half of it are three windows of a minute that have to pass.
  node: 12,
  oracle: 1,
  project: 2.5,
  provisioner: 26.5,
  sdk: 1.5,
  src: 9,
};
const OTHERS = 1;

const pad = (cells: string[]): string =>
  `${cells[0]?.padEnd(16)}${cells[1]?.padStart(7)}${cells[2]?.padStart(8)}  ${cells[3] ?? ''}`.trimEnd();

/** The table to print, a line a folder, the longest first. @param testRoot the folder that holds the folders of tests */
export function minutesTable(files: TimedFile[], testRoot: string): string[] {
  const minutes = new Map<string, number>();
  for (const { name, startTime, endTime } of files) {
    const [folder = '', ...rest] = name.slice(testRoot.length + 1).split('/');
    const key = rest.length === 0 ? '.' : folder;
    minutes.set(key, (minutes.get(key) ?? 0) + (endTime - startTime) / MINUTE_MS);
  }
  const rows = [...minutes].toSorted(([, a], [, b]) => b - a);
  return [
    pad(['TESTS', 'MINUTES', 'BUDGET']),
    ...rows.map(([folder, took]) => {
      const budget = BUDGETS[folder] ?? OTHERS;
      const over = took > budget ? 'OVER BUDGET: move its longest test to `npm run figures`' : '';
      return pad([folder, took.toFixed(1), budget.toFixed(1), over]);
    }),
  ];
}
