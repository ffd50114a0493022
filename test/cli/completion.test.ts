/** The program as a shell meets it: by its name on the PATH, with its version and what the Tab key offers. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
/** A folder on the PATH with a link to the program, as `npm link` makes it. */
let bin: string;
let env: Record<string, string>;
beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'tenantry-bin-'));
  await symlink(join(root, 'cli/tenantry.sh'), join(bin, 'tenantry'));
  env = { PATH: [bin, process.env['PATH']].join(delimiter), HOME: bin };
});
afterAll(() => rm(bin, { recursive: true }));

const bash = async (script: string) =>
  await promisify(execFile)('bash', ['--norc', '-c', script], { cwd: bin, env }).then(
    ({ stdout, stderr }) => ({ exit: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ ...error, exit: error.code }),
  );

/** What bash offers after `line`, by its own completion functions and the script of `tenantry completion bash`. */
async function offered(line: string): Promise<string[]> {
  // bash-completion's reader of the line, for machines without that package.
  const reader = `_get_comp_words_by_ref() { cword=$COMP_CWORD; words=("\${COMP_WORDS[@]}"); cur=\${words[cword]}; }`;
  const words = line.split(' ');
  const { stdout } = await bash(`${reader}
    source <(tenantry completion bash)
    compopt() { :; }
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
    $(complete -p tenantry | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    printf '%s\\n' "\${COMPREPLY[@]}"`);
  return stdout.trim().split('\n');
}

describe('tenantry', () => {
  it('says its version and ends as a program does', async () => {
    expect(await bash('tenantry --version')).toMatchObject({ exit: 0, stdout: `${version}\n`, stderr: '' });
    expect(await bash('tenantry queue show job_1')).toMatchObject({ exit: 2, stdout: '' });
  });

  it('alone says what it can do', async () => {
    const { exit, stdout } = await bash('tenantry');
    expect(exit).toBe(0);
    expect(stdout).toContain('Usage: tenantry');
  });

  it('asks nothing and changes nothing without a terminal', async () => {
    const args = `customer deactivate cust_${'a'.repeat(32)}`;
    const { exit, stderr } = await bash(
      `BILLING_API_URL=http://127.0.0.1:9 ADMIN_API_TOKEN=x tenantry ${args} </dev/null`,
    );
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringContaining('add --yes') as string });
  });
});

describe('completion', () => {
  it('in bash offers commands, their options and the values of these', async () => {
    expect(await offered('tenantry cu')).toEqual(['customer']);
    expect(await offered('tenantry customer re')).toEqual(['redeploy', 'resume', 'reactivate']);
    expect(await offered('tenantry customer list --st')).toEqual(['--status']);
    expect(await offered('tenantry admin-tokens create --role ')).toEqual(['viewer', 'operator', 'owner']);
  });

  it.each(['bash', 'zsh', 'fish'])('has a script for %s that asks the program', async (shell) => {
    const { exit, stdout } = await bash(`tenantry completion ${shell}`);
    expect(exit).toBe(0);
    expect(stdout).toContain('tenantry complete --');
  });

  it('says which shells there are', async () => {
    const { exit, stderr } = await bash('tenantry completion tcsh');
    expect(exit).toBe(2);
    expect(stderr).toContain('zsh, bash, fish');
  });
});
