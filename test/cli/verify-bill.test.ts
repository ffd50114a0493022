import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/program.ts';
import { openStatementKeys } from '../../src/statements/keys.ts';
import { type MadeStatement, makeStatement, statedCustomer, statedInvoice } from '../harness/statement.ts';
import { root } from '../project/tool.ts';
import { testWorld } from './harness.ts';

let folder: string;
let made: MadeStatement;
const fileOf = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-bill-'));
  made = await makeStatement();
  await writeFile(fileOf('bill.gz'), made.bytes);
  await writeFile(fileOf('keys.json'), JSON.stringify(made.keys));
});
afterAll(() => rm(folder, { recursive: true }));

async function verify(...args: string[]) {
  const world = testWorld();
  const exit = await run(['verify-bill', ...args], world);
  return { exit, text: world.lines.join('\n'), notes: world.notes.join('\n') };
}

describe('verify-bill', () => {
  it('says line by line that a bill is right, and by whose key', async () => {
    const { exit, text, notes } = await verify(fileOf('bill.gz'), '--keys', fileOf('keys.json'));
    expect([exit, notes]).toEqual([0, '']);
    expect(text).toContain(`${statedInvoice} of ${statedCustomer}, usage from 2026-11-01 to 2026-11-04`);
    expect(text).toContain('the signature is right');
    expect(text).toMatch(/CPU +\$\d+\.\d\d +right +cpu_core_ms\/-\/2026-11-01/);
    expect(text).toMatch(/The bill is right: \$\d+\.\d\d before tax\.$/);
  });

  it('without keys says what it cannot know', async () => {
    const { exit, text } = await verify(fileOf('bill.gz'));
    expect(exit).toBe(0);
    expect(text).toContain('whose key that is, only --keys can say');
  });

  it('runs as a program without any network or address of an API', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, 'cli/tenantry.ts'), 'verify-bill', fileOf('bill.gz'), '--json'],
      { env: { PATH: process.env['PATH'] } },
    );
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'right', signature: 'intact', findings: [] });
  });

  it('names what is wrong, with exit code 1', async () => {
    const cheaper = await made.again((payload) => ({
      ...payload,
      lines: payload.lines.map((line) =>
        line.meter === 'cpu_core_ms' ? { ...line, amount_cents: line.amount_cents + 100 } : line,
      ),
    }));
    await writeFile(fileOf('wrong.gz'), cheaper);
    const { exit, text, notes } = await verify(fileOf('wrong.gz'), '--keys', fileOf('keys.json'));
    expect(exit).toBe(1);
    expect(text).toMatch(/WRONG: the line cpu_core_ms\/-\/\S+: amount_cents is \$[\d.]+, and by the windows \$[\d.]+/);
    expect(text).toContain('WRONG: the total is');
    expect(notes).toContain('the bill is not what its statement proves');
  });

  it.each([
    ['another customer', ['--customer', 'cust_x'], 'and not of cust_x'],
    ['another invoice', ['--invoice', 'inv_x'], 'and not of inv_x'],
  ])('of %s is wrong', async (_, options, said) => {
    const { exit, text } = await verify(fileOf('bill.gz'), ...options);
    expect([exit, text.includes(said)]).toEqual([1, true]);
  });

  it('by a key that is not among those given is wrong', async () => {
    await writeFile(fileOf('other.json'), JSON.stringify((await makeStatement()).keys));
    const { exit, text } = await verify(fileOf('bill.gz'), '--keys', fileOf('other.json'));
    expect([exit, text.includes('not among the keys given')]).toEqual([1, true]);
  });

  it('is exit code 2 where nothing can be checked', async () => {
    await writeFile(fileOf('short.gz'), made.bytes.slice(0, -20));
    await writeFile(fileOf('text.txt'), 'not a statement');
    await writeFile(fileOf('licence.txt'), `${btoa('{"alg":"RS256","typ":"JWT"}')}.e30.c2ln`);
    await writeFile(fileOf('newer.gz'), await made.again((payload) => ({ ...payload, version: 3 as 2 })));
    const short = await verify(fileOf('short.gz'));
    expect([short.exit, short.text.includes('cut short')]).toEqual([2, true]);
    const newer = await verify(fileOf('newer.gz'), '--keys', fileOf('keys.json'));
    expect([newer.exit, newer.text]).toEqual([
      2,
      'the statement is of version 3, and this program reads version 2: take a newer program',
    ]);
    expect((await verify(fileOf('text.txt'))).exit).toBe(2);
    const licence = await verify(fileOf('licence.txt'));
    expect([licence.exit, licence.text.includes('this is a licence')]).toEqual([2, true]);
    expect((await verify(fileOf('nothing.gz'))).exit).toBe(2);
    expect((await verify(fileOf('bill.gz'), '--keys', fileOf('text.txt'))).exit).toBe(2);
    expect((await verify()).exit).toBe(2);
  });
});

describe('generate-keys --statements', () => {
  const generate = async (...args: string[]) => {
    const world = testWorld();
    return {
      exit: await run(['generate-keys', '--statements', ...args], world),
      lines: world.lines,
      notes: world.notes,
    };
  };
  const kidsIn = async (path: string) =>
    (await openStatementKeys(await readFile(path, 'utf8'))).keys.map(({ publicJwk }) => publicJwk.kid);

  it('makes a secret that the Worker takes, and puts a new key in front of it', async () => {
    expect((await generate('--out', fileOf('first.json'))).exit).toBe(0);
    expect((await stat(fileOf('first.json'))).mode & 0o777).toBe(0o600);
    const { exit, lines } = await generate('--add', fileOf('first.json'), '--out', fileOf('second.json'));
    expect(exit).toBe(0);
    const [kid] = await kidsIn(fileOf('first.json'));
    const kids = await kidsIn(fileOf('second.json'));
    expect(kids).toHaveLength(2);
    expect(kids[1]).toBe(kid);
    expect(lines[1]).toBe(`# ${kids[0]} (signs)`);
    expect(lines.join('\n')).not.toContain('"d"');
  });

  it('prints it for an environment file, and refuses what is no such set', async () => {
    const { lines } = await generate();
    const secret = /^STATEMENT_PRIVATE_KEYS='(.*)'$/.exec(lines[0] ?? '')?.[1] ?? '';
    expect((await openStatementKeys(secret)).keys).toHaveLength(1);
    await writeFile(fileOf('hidden.json'), '[{"kty":"RSA","d":"hidden"}]');
    const { exit, notes } = await generate('--add', fileOf('hidden.json'));
    expect([exit, notes.join().includes('hidden"')]).toEqual([1, false]);
  });
});
