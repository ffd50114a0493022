/**
 * `npm test`: brings the machine's tools (tools/install.sh, once), runs every test and ends with `N passed, N failed`.
 * With CI set a skipped test counts as failed: there, what could not run has not been shown.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
  testResults: { name: string; status: string; assertionResults: unknown[] }[];
}

const inCi = Boolean(process.env['CI']);

console.log('tools: building what this machine lacks (about 12 minutes with an empty cache, a second after that)');
const tools = spawnSync('bash', ['tools/install.sh'], { stdio: 'inherit' });
if (tools.status !== 0) console.log('tools: not all could be built; the tests that need them will say so');

const folder = mkdtempSync(join(tmpdir(), 'tenantry-test-'));
const reportFile = join(folder, 'report.json');
const run = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
const report = JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport;
rmSync(folder, { recursive: true });

// A file that failed before its tests were known (an import or a hook) has none to count; it is one failure.
const brokenFiles = report.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).length;
const skipped = report.numPendingTests + report.numTodoTests;
const failed = report.numFailedTests + brokenFiles + (inCi ? skipped : 0);
const exitCode = failed > 0 || run.status !== 0 ? 1 : 0;
console.log(
  `${report.numPassedTests} passed, ${Math.max(failed, exitCode)} failed${inCi ? '' : `, ${skipped} skipped`}`,
);
process.exit(exitCode);
