/**
 * `npm test`: brings the machine's tools that the chosen tests need (tools/install.sh, once), runs them, says how many
 * minutes each folder took beside its budget, and ends with `N passed, N failed`.
 * Whatever happens to the run, that line comes and the exit code agrees with it: tests that ended before they could
 * report count as one failure. With CI set a test that could not run has failed: there, what was not run was not shown.
 * Arguments go to the test runner, e.g. `npm test -- test/project`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { minutesTable, type TimedFile } from './budgets.ts';
import { stepsFor } from './needed-tools.ts';

/** The part of the runner's JSON report that is read here. */
interface Report {
  testResults: (TimedFile & {
    status: 'passed' | 'failed';
    message?: string;
    /** `skipped`, `pending` and `todo` are all tests that did not run. */
    assertionResults: { fullName: string; status: string }[];
  })[];
}

/** From the start of this program to its last line, the tools' build among it: CI gives 90 minutes, `npm ci` before it among them. */
const runMsMax = 85 * 60_000;
/** Between a polite end and SIGKILL. */
const graceMs = 10_000;

const root = resolve(import.meta.dirname, '..');
const programs = join(root, 'node_modules/.bin');
const env = { ...process.env, PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` };
const inCi = Boolean(process.env['CI']);

/** Sends a signal to a process group; false when nothing of it lives any more. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

async function endGroup(leader: number): Promise<void> {
  signalGroup(leader, 'SIGTERM');
  for (let waited = 0; waited < graceMs; waited += 100) {
    if (!signalGroup(leader, 0)) return;
    await sleep(100);
  }
  signalGroup(leader, 'SIGKILL');
}

/** Why the run was told to end, if it was. */
let stopped: string | null = null;
/** The process group that is running now. */
let running: number | null = null;

function stop(why: string): void {
  console.log(`tests: ending the run (${why})`);
  if (running !== null) {
    // Who asks twice does not want to wait.
    if (stopped !== null) signalGroup(running, 'SIGKILL');
    else void endGroup(running);
  }
  stopped = why;
}

/** Runs a program in a process group of its own, so that nothing of it outlives the run. Its exit code. */
async function runGroup(
  command: string,
  args: string[],
  output: 'inherit' | 'ignore' = 'inherit',
): Promise<number | null> {
  if (stopped !== null) return null;
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', output, output], detached: true });
  const ended = new Promise<number | null>((done) => {
    child.once('error', () => done(null));
    child.once('exit', (code) => done(code));
  });
  if (child.pid === undefined) return ended;
  running = child.pid;
  const code = await ended;
  await endGroup(child.pid);
  running = null;
  return code;
}

function readReport(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return null;
  }
}

/** Counts what a person would: tests, files that failed outside their tests, and the run itself. */
function verdict(report: Report, exitCode: number | null): { passed: number; failed: number; notRun: number } {
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: file.name })),
  );
  const passed = tests.filter((test) => test.status === 'passed').length;
  const notRun = tests.filter((test) => !['passed', 'failed'].includes(test.status));
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  for (const file of broken) console.log(`failed outside its tests: ${file.name} ${file.message ?? ''}`);
  for (const test of notRun) console.log(`not run: ${test.file} > ${test.fullName}`);
  const failed = tests.length - passed - notRun.length + broken.length + (inCi ? notRun.length : 0);
  // An error outside every test, e.g. an unhandled rejection, is known by the exit code alone.
  return { passed, failed: exitCode === 0 ? failed : Math.max(failed, 1), notRun: notRun.length };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));

const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const chosen = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tenantry-test-'));

/** The files that would run, or null when the runner does not say: then every tool is brought. */
async function filesToRun(): Promise<string[] | null> {
  const listFile = join(folder, 'files.json');
  await runGroup(process.execPath, [vitest, 'list', '--filesOnly', `--json=${listFile}`, ...chosen], 'ignore');
  try {
    return (JSON.parse(readFileSync(listFile, 'utf8')) as { file: string }[]).map(({ file }) => file);
  } catch {
    return null;
  }
}

async function bringTools(): Promise<void> {
  const files = await filesToRun();
  const steps = files === null ? null : stepsFor(files);
  if (steps?.length === 0) return console.log('tools: these tests need none');
  const which = steps?.join(', ') ?? 'all';
  console.log(
    `tools: looking for what these tests run against: ${which} (all take about 20 minutes with empty caches)`,
  );
  const code = await runGroup('bash', [join(root, 'tools/install.sh'), ...(steps ?? [])]);
  if (code !== 0) console.log('tools: some are missing; the tests that need them will say so');
}

await bringTools();
const reportFile = join(folder, 'report.json');
const timer = setTimeout(() => stop(`it took longer than ${runMsMax / 60_000} minutes`), runMsMax - performance.now());
const exitCode = await runGroup(process.execPath, [
  vitest,
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${reportFile}`,
  ...chosen,
]);
clearTimeout(timer);
const report = readReport(reportFile);
rmSync(folder, { recursive: true, force: true });
if (!report) console.log('tests: the run ended before it could report');
const { passed, failed, notRun } = report
  ? verdict(report, stopped === null ? exitCode : null)
  : { passed: 0, failed: 1, notRun: 0 };
for (const line of report ? minutesTable(report.testResults, join(root, 'test')) : []) console.log(line);
if (notRun > 0) console.log(`${notRun} not run${inCi ? ', which counts as failed here' : ''}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
