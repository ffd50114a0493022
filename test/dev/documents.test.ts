/** What the README and the embedded platform's page show is what happens, in a folder where nobody has worked before. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReadyLine, readyLine } from '../../src/contracts/ready.ts';
import { consoleCommands, type DocCommand, differenceOf, shellBlocks } from '../harness/docs-commands.ts';
import { eventually } from '../harness/eventually.ts';
import { type NpmRun, runNpm } from '../harness/npm.ts';

const root = join(import.meta.dirname, '../..');
const readme = join(root, 'README.md');
const page = join(root, 'docs/embedded-platform.md');
const BASH_MS_MAX = 100_000;
/** The address that the documents show; the test's platform is at another. */
const SHOWN_URL = 'http://127.0.0.1:8787';

describe('the documents of the embedded platform', () => {
  let folder: string;
  let started: NpmRun;
  let ready: ReadyLine;

  beforeAll(async () => {
    // The tree as it is, with a working directory of its own.
    folder = mkdtempSync(join(tmpdir(), 'tenantry-documents-'));
    for (const name of readdirSync(root).filter((entry) => !/^\.(?:git|data|env|wrangler)$/.test(entry))) {
      symlinkSync(join(root, name), join(folder, name));
    }
    started = runNpm(['start'], { PORT: '0', RATE_LIMIT_SIGNUP: 'off' }, folder);
    const line = await eventually(
      async () => started.lines.find((text) => text.startsWith('ready ')),
      (text) => text !== undefined,
    );
    ready = readyLine.parse(JSON.parse(line?.slice('ready '.length) ?? ''));
  });
  afterAll(async () => {
    started.npm.kill('SIGTERM');
    await started.ended;
    started.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** npm's own lines, which no document shows. */
  const written = () => started.lines.filter((line) => !line.startsWith('> '));

  async function bash(text: string): Promise<string[]> {
    const PATH = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
    const { stdout, stderr } = await promisify(execFile)(
      'bash',
      ['--norc', '-euc', text.replaceAll(SHOWN_URL, ready.url)],
      {
        cwd: folder,
        env: { PATH, HOME: process.env['HOME'] },
        timeout: BASH_MS_MAX,
      },
    );
    return `${stderr}\n${stdout}`.split('\n');
  }

  const commandsOf = (file: string, which: RegExp): DocCommand[] =>
    consoleCommands(file).filter(({ command }) => which.test(command));

  it('name only commands that this test knows how to run', () => {
    expect(consoleCommands(readme).map(({ command }) => command)).toEqual([
      'npm start',
      'npm run -s signup-workflow -- --plan enterprise',
      'npm run -s signup-workflow -- --plan starter',
      // By test/journeys/subscription.test.ts.
      'npm run -s journey',
    ]);
    expect(consoleCommands(page)).toHaveLength(2);
  });

  it.each(commandsOf(readme, /signup-workflow/))('README.md:$line: $command', async ({ command, shown }) => {
    expect(differenceOf(shown, await bash(command))).toBeNull();
  });

  it.each([
    ['README.md', readme],
    ['docs/embedded-platform.md', page],
  ])('%s: what npm start prints', async (_name, file) => {
    const [start] = commandsOf(file, /^npm start$/);
    // A signup has been made by now, whose exporter is the last to say something.
    await eventually(
      async () => differenceOf(start?.shown ?? [], written()),
      (difference) => difference === null,
    );
  });

  it('docs/embedded-platform.md: the dry run of a past hour', async () => {
    const [dryRun] = commandsOf(page, /--dry-run/);
    const prometheus = /simulated Prometheus at (\S+)/.exec(started.lines.join('\n'))?.[1] ?? '';
    const customerId =
      /account (cust_[0-9a-f]{32})/.exec((await bash('npm run -s signup-workflow')).join('\n'))?.[1] ?? '';
    const command = (dryRun?.command ?? '')
      .replace(/cust_[0-9a-f]{32}/, customerId)
      .replace(/PROMETHEUS_URL=\S+/, `PROMETHEUS_URL=${prometheus}`);
    expect(differenceOf(dryRun?.shown ?? [], await bash(command))).toBeNull();
  });

  it('README.md: the first customer’s instance lets nobody have an eleventh device', async () => {
    const [limit] = shellBlocks(readme).filter(({ text }) => text.includes('instance_url'));
    await eventually(
      () => fetch(new URL('/ready', ready.instance_url ?? '')),
      ({ ok }) => ok,
    );
    expect((await bash(limit?.text ?? '')).join('')).toContain('"error":"Device limit exceeded"');
  });

  it('README.md: the tour by hand runs, and leaves nothing but ignored files behind', async () => {
    const [tour] = shellBlocks(readme).filter(({ text }) => text.includes('/api/customers/signup'));
    const printed = (await bash(tour?.text ?? '')).join('');
    for (const field of ['"customer_id"', '"license"', '"total_cents"', '"waiting"']) expect(printed).toContain(field);
    const ignored = readFileSync(join(root, '.gitignore'), 'utf8')
      .split('\n')
      .map((line) => line.replace(/\/$/, ''));
    const made = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isSymbolicLink());
    expect(made.map(({ name }) => name).filter((name) => !ignored.includes(name))).toEqual([]);
  });
});
