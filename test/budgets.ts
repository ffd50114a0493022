/**
 * Minutes per folder of tests: what the run took, beside what the folder may take. They are minutes of a worker, of which
 * a run has two, on an idle machine of 2 cores; with `npm ci` the whole has to stay under 35. A folder that is over
 * its budget gives its longest test to `npm run figures` and keeps a short form of it.
 */

/** The part of the runner's JSON report that is read here; times in ms. */
export interface TimedFile {
  name: string;
  startTime: number;
  endTime: number;
}

const MINUTE_MS = 60_000;

/**
 * Minutes. A folder that is not here has OTHERS. They are what a whole run took when nothing else ran (November 2026:
 * 20.7 minutes in all, of a worker 14.2 in provisioner, 4.2 in journeys, 3.7 in dev), times one and a half, rounded up to
 * the next half minute, at least 1; all of them together are 30 minutes of two workers.
 */
const BUDGETS: Record<string, number> = {
  browser: 3,
  charts: 2.5,
  cli: 1,
  cluster: 1,
  dev: 6,
  // Most of it is a window of a minute that has to pass.
  examples: 3,
  exporter: 1,
  journeys: 6.5,
  metering: 2.5,
  // Most of it is a window of a minute that has to pass.
  node: 4,
  oracle: 2,
  project: 1.5,
  provisioner: 21.5,
  sdk: 2.5,
  src: 2.5,
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
