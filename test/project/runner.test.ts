/** `npm test` itself (test/run.ts): whatever happens to the tests, the last line and the exit code say the truth. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutesTable } from '../budgets.ts';
import { stepsFor } from '../needed-tools.ts';
import { root, run } from './tool.ts';

const head = "import { afterAll, beforeAll, describe, it } from 'vitest';\n";
const samples: Record<string, string> = {
  passing: "it('a', () => {});\nit('b', () => {});\n",
  failing: "it('a', () => {});\nit('b', () => { throw new Error('no'); });\n",
  unfinished: `it('a', () => {});\nit.${'skip'}('b', () => {});\nit.${'todo'}('c');\n`,
  'before-hook': "beforeAll(() => { throw new Error('no'); });\nit('a', () => {});\n",
  'after-hook': "afterAll(() => { throw new Error('no'); });\nit('a', () => {});\n",
  import: "import './nowhere.ts';\nit('a', () => {});\n",
  late: "it('a', async () => {\n  setTimeout(() => { throw new Error('no'); }, 1);\n  await new Promise((d) => setTimeout(d, 50));\n});\n",
  killed:
    "it('a', () => {});\nit('b', async () => { process.kill(process.ppid, 'SIGKILL'); await new Promise(() => {}); });\n",
  endless:
    "it('a', async () => {\n  setInterval(() => {}, 1000);\n  console.log('running as ' + process.pid + ';');\n  await new Promise(() => {});\n});\n",
};

/** Runs on, and needs a tool. */
const tooled = (folder: string): string =>
  `import { toolPath } from '${relative(folder, join(root, 'test/harness/tools.ts'))}';\ntoolPath('helm');\n${samples['endless']}`;

describe('npm test', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-runner-'));
  const folderOf = (name: string) => join(folder, name);

  beforeAll(() => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    // A tool that this machine lacks is not built here again and again.
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/go'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    for (const [name, text] of Object.entries({ ...samples, tooled: tooled(folderOf('tooled')) })) {
      mkdirSync(folderOf(name));
      writeFileSync(join(folderOf(name), 'sample.test.ts'), head + text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const lastLine = (output: string) => output.trimEnd().split('\n').at(-1);
  const PATH = [join(folder, 'bin'), process.env['PATH']].join(delimiter);
  const command = (name: string) => [join(root, 'test/run.ts'), '--root', folderOf(name)];

  it.each([
    ['passing', '', 0, '2 passed, 0 failed'],
    ['passing', 'true', 0, '2 passed, 0 failed'],
    ['failing', '', 1, '1 passed, 1 failed'],
    ['unfinished', '', 0, '1 passed, 0 failed'],
    ['unfinished', 'true', 1, '1 passed, 2 failed'],
    ['before-hook', '', 1, '0 passed, 1 failed'],
    ['before-hook', 'true', 1, '0 passed, 2 failed'],
    ['after-hook', '', 1, '1 passed, 1 failed'],
    ['import', '', 1, '0 passed, 1 failed'],
    ['late', '', 1, '1 passed, 1 failed'],
    ['killed', '', 1, '0 passed, 1 failed'],
  ])('tests that are %s, CI=%s: exit code %i, %s', async (name, ci, status, line) => {
    const ended = await run(process.execPath, command(name), { env: { PATH, CI: ci } });
    expect(lastLine(ended.output), ended.output).toBe(line);
    expect(ended.status).toBe(status);
  });

  it.each([
    ['looking for tools', 'tooled', /tools: looking/],
    ['running', 'endless', /running as \d+;/],
  ])('told to end while %s, it says so, fails and leaves nothing behind', async (_what, name, until) => {
    const started = spawn(process.execPath, command(name), {
      env: { ...process.env, PATH, CI: '' },
      stdio: 'pipe',
    });
    let output = '';
    let told = false;
    started.stderr.resume();
    started.stdout.setEncoding('utf8').on('data', (part: string) => {
      output += part;
      if (!told && until.test(output)) told = started.kill('SIGTERM');
    });
    const status = await new Promise((done) => started.once('close', done));
    expect(lastLine(output), output).toBe('0 passed, 1 failed');
    expect(status).toBe(1);
    const worker = /running as (\d+);/.exec(output)?.[1];
    if (worker !== undefined) expect(() => process.kill(Number(worker), 0)).toThrow('ESRCH');
  });

  it('looks for no tool that the chosen tests do not need', async () => {
    const { output } = await run(process.execPath, command('passing'), { env: { PATH, CI: '' } });
    expect(output).toContain('tools: these tests need none');
    expect(output).not.toMatch(/^tools: (?!these)/m);
  });

  it('prints the minutes of each folder of tests beside its budget', async () => {
    const { output } = await run(process.execPath, command('passing'), { env: { PATH, CI: '' } });
    expect(output).toMatch(/^TESTS +MINUTES +BUDGET\n/m);
  });
});

describe('the tools that tests need', () => {
  const needed = (...names: string[]) => stepsFor(names.map((name) => join(root, 'test', name)));
  it.each([
    ['a test of the project', 'project/docs.test.ts', []],
    ['one that names its tool', 'dev/stripe/shapes.test.ts', ['stripe-mock']],
    ['one whose harness names it', 'exporter/program.test.ts', ['prometheus']],
    ['one in a browser', 'browser/queue-job.test.ts', ['chromium']],
    ['one with a broker', 'examples/instance/broker.test.ts', ['mosquitto']],
    ['one on a cluster', 'cluster/cluster.test.ts', ['kube-apiserver', 'etcd', 'kwok']],
  ])('are those that it or what it imports names: %s', (_what, file, steps) => {
    expect(needed(file)).toEqual(steps);
  });
});

describe('the minutes of a run', () => {
  it('are added up by folder, and one over its budget says what to do', () => {
    const file = (name: string, minutes: number) => ({ name: `/t/${name}`, startTime: 0, endTime: minutes * 60_000 });
    const files = [
      file('cluster/a.test.ts', 0.9),
      file('cluster/deep/b.test.ts', 0.2),
      file('licences/c.test.ts', 0.1),
    ];
    expect(minutesTable(files, '/t')).toEqual([
      'TESTS           MINUTES  BUDGET',
      'cluster             1.1     1.0  OVER BUDGET: move its longest test to `npm run figures`',
      'licences            0.1     1.0',
    ]);
  });
});
