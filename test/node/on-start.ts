/**
 * `npm start` over a real node, as the README has it: the command itself, and the command line and an exporter beside it. Owns how they are
 * started and ended; what is seen of a customer is the tests'.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { readyLine } from '../../src/contracts/ready.ts';
import { eventually } from '../harness/eventually.ts';
import type { TestNode } from '../harness/node.ts';
import { type NpmRun, runNpm } from '../harness/npm.ts';
import { toolPath } from '../harness/tools.ts';

const root = resolve(import.meta.dirname, '../..');

export interface OnStart {
  /** Runs `npm start` with this beside what the README gives it, in the place of the one that runs; its API. Throws with its lines when it ends. */
  start(env: Record<string, string>): Promise<{ url: string; token: string }>;
  /** What `npm run -s tenantry -- … --json` prints. Throws with its words when it fails. */
  tenantry<T>(...words: string[]): Promise<T>;
  /** Runs `npm run exporter` with this environment. */
  exporter(env: Record<string, string>): void;
  /** Ends them all. */
  stop(): Promise<void>;
}

/** @param port where `npm start` answers @param values laid over what a stack on this node sets */
export async function onStart(node: TestNode, port: number, values: object): Promise<OnStart> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-on-start-'));
  const valuesFile = join(folder, 'values.yaml');
  const ofNode = parse(await readFile(join(import.meta.dirname, 'values.yaml'), 'utf8')) as object;
  await writeFile(valuesFile, stringify({ ...ofNode, ...values }));
  const data = { DATA_DIR: join(folder, 'data') };
  const given = {
    ...data,
    PORT: String(port),
    PAGES: 'off',
    KUBECONFIG: node.kubeconfig,
    HELM_BIN: toolPath('helm'),
    HELM_VALUES_FILE: valuesFile,
    PUBLIC_URL: `http://api.tenantry.localhost:${port}`,
  };
  let platform: NpmRun | null = null;
  let exporter: NpmRun | null = null;
  const end = async (run: NpmRun | null): Promise<void> => {
    run?.npm.kill('SIGTERM');
    await run?.ended;
    run?.kill();
  };
  return {
    async start(env) {
      await end(platform);
      platform = runNpm(['start'], { ...given, ...env });
      const { lines, ended } = platform;
      const early = ended.then(() => Promise.reject(new Error(`npm start has ended:\n${lines.join('\n')}`)));
      const begun = async () => lines.find((line) => line.startsWith('ready '));
      const line = await Promise.race([early, eventually(begun, (found) => found !== undefined)]);
      const { url, admin_token: token } = readyLine.parse(JSON.parse((line ?? '').slice('ready '.length)));
      return { url, token };
    },
    async tenantry(...words) {
      const args = ['run', '-s', 'tenantry', '--', ...words, '--json'];
      const { stdout } = await promisify(execFile)('npm', args, { cwd: root, env: { ...process.env, ...data } });
      return JSON.parse(stdout);
    },
    exporter(env) {
      exporter = runNpm(['run', 'exporter'], { SPOOL_DIR: join(folder, 'spool'), ...env });
    },
    async stop() {
      await Promise.all([end(exporter), end(platform)]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
