/**
 * One run of schemathesis a principal against a platform of its own. What it sends, it makes of the document that the API
 * serves; what it counts is an answer of 5xx, and one whose status, media type, headers or schema the document does not have.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startPlatform } from '../../../test/harness/platform.ts';
import { makePrincipal, type Principal, type PrincipalName } from './principals.ts';

export interface FuzzOptions {
  cases: number;
  seed: number;
  schemathesis: string;
}

export interface FuzzResult {
  principal: PrincipalName;
  operations: number;
  cases: number;
  /** Positive cases that were done, of those that a status of 2xx or 4xx says something of. */
  accepted: number;
  server_errors: number;
  undeclared: number;
  complete: boolean;
  failures: string[];
}

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

const failure = z.looseObject({
  check: z.string().optional(),
  title: z.string().optional(),
  message: z.string().optional(),
});
const report = z.object({
  complete: z.boolean(),
  operations: z.object({ tested: z.number() }),
  test_cases: z.object({ generated: z.number() }),
  failures: z.array(failure),
  errors: z.array(z.unknown()),
  valid_rates: z.record(z.string(), z.record(z.string(), z.object({ accepted: z.number() }))),
});

const off = ['SIGNUP', 'AUTH', 'REPORT', 'BATCH', 'VALIDATE', 'PUBLIC'];

/** Runs them one after the other on one platform. */
export async function fuzz(as: readonly PrincipalName[], options: FuzzOptions): Promise<FuzzResult[]> {
  const limits = Object.fromEntries(off.map((name) => [`RATE_LIMIT_${name}`, 'off']));
  const platform = await startPlatform({ env: { ...limits, SIGNUP_PLANS: 'all' } });
  const { url, admin_token: rootToken, cluster_id: clusterId } = platform.ready;
  const results: FuzzResult[] = [];
  try {
    // All of them first: the cases of an owner take names, and places in the cluster.
    const made: [PrincipalName, Principal][] = [];
    for (const name of as) made.push([name, await makePrincipal(name, { url, rootToken, clusterId })]);
    for (const [name, principal] of made) {
      results.push({ principal: name, ...(await fuzzAs(url, principal, options)) });
    }
  } finally {
    await platform.stop();
  }
  return results;
}

async function fuzzAs(url: string, { token, ids }: Principal, options: FuzzOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-fuzz-'));
  const config = join(folder, 'schemathesis.toml');
  const told = join(folder, 'report.json');
  const parameters = Object.entries(ids).map(([name, id]) => `"path.${name}" = "${id}"`);
  writeFileSync(config, `[parameters]\n${parameters.join('\n')}\n`);
  try {
    const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as { paths: Record<string, object> };
    const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length;
    const arguments_ = [
      ...['--config-file', config, 'run', `${url}/api/openapi.json`, '--checks', checks.join(',')],
      ...(token === null ? [] : ['--header', `Authorization: Bearer ${token}`]),
      ...['--phases', 'coverage,fuzzing', '--max-examples', String(Math.ceil(options.cases / operations))],
      ...['--seed', String(options.seed), '--generation-database', 'none', '--workers', '2', '--continue-on-failure'],
      ...['--no-shrink', '--no-color', '--report', 'json', '--report-json-path', told],
    ];
    const output = await runTool(options.schemathesis, arguments_, folder);
    return resultOf(told, output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its exit code says what the report says as well. */
function runTool(program: string, arguments_: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, arguments_, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const note = (chunk: Buffer) => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

function resultOf(file: string, output: string) {
  let read: z.output<typeof report>;
  try {
    read = report.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`schemathesis left no report: ${output.slice(-2_000)}`, { cause: error });
  }
  const ofServer = read.failures.filter(({ check }) => check === 'not_a_server_error').length;
  const phases = Object.values(read.valid_rates).flatMap((rates) => Object.values(rates));
  return {
    operations: read.operations.tested,
    cases: read.test_cases.generated,
    accepted: phases.reduce((sum, { accepted }) => sum + accepted, 0),
    server_errors: ofServer,
    undeclared: read.failures.length - ofServer,
    complete: read.complete && read.errors.length === 0,
    failures: [...read.failures, ...read.errors].map((one) => JSON.stringify(one).slice(0, 500)),
  };
}
