/**
 * The published validator of FOCUS in a Python environment of its own beside the other tools. Owns getting and running it.
 * It finds its own list of currencies only from the folder that it lies in, and it breaks with newer multimethod.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toolsFolder } from '../../../test/harness/tools.ts';

const PACKAGES = ['focus-validator==1.0.0', 'multimethod==1.11.2'];
const PREPARE_TIMEOUT_MS = 600_000;
const RUN_TIMEOUT_MS = 900_000;
const folder = join(toolsFolder, 'focus-validator');
const python = join(folder, 'bin', 'python');

/** Prints a line of JSON a file: its name, and what did not pass. */
const SCRIPT = `
import importlib.util, json, os, sys
files = [os.path.abspath(name) for name in sys.argv[1:]]
os.chdir(os.path.dirname(os.path.dirname(importlib.util.find_spec('focus_validator').origin)))
from focus_validator.validator import Validator
for name in files:
    validator = Validator(data_filename=name, output_type='console', output_destination=None, rules_version='1.0')
    validator.load()
    results = validator.spec_rules.validate(validator.focus_data)
    wrong = [f'{c.check_name}: {c.friendly_name} {c.error or ""}'.strip() for c in results.checklist.values() if c.status.value != 'passed']
    print(json.dumps({'file': name, 'rows': len(validator.focus_data), 'checks': len(results.checklist), 'findings': wrong}))
`;

/** Gets the validator where it is not there yet. @returns why it cannot be had, null when it is there */
export function prepareValidator(): string | null {
  if (existsSync(join(folder, 'bin', 'focus-validator'))) return null;
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]],
  ];
  for (const [command, args] of steps) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: PREPARE_TIMEOUT_MS });
    if (status !== 0) return `${command} ${args[1]}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`;
  }
  return null;
}

export interface Verdict {
  file: string;
  rows: number;
  checks: number;
  findings: string[];
}

/** What the validator says of each file. */
export function judge(files: readonly string[]): Verdict[] {
  const { status, stdout, stderr } = spawnSync(python, ['-W', 'ignore', '-c', SCRIPT, ...files], {
    encoding: 'utf8',
    timeout: RUN_TIMEOUT_MS,
  });
  if (status !== 0) throw new Error(`the validator failed: ${stderr.slice(-2000)}`);
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{"file"'))
    .map((line) => JSON.parse(line) as Verdict);
}
