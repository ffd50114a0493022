/**
 * A page of the documentation as a reader follows it: the commands of its ```console blocks are run in one shell, in order,
 * and what comes is compared with what the page prints.
 *
 * In a block a line that starts with `$ ` is a command, what follows up to the next one is what it prints (stdout and stderr).
 * What differs from run to run (ids, times, durations, ports, key thumbprints) is taken as equal; `…` in a line stands for
 * anything, a line that is `…` alone for any lines. A command fails exactly when the page shows its `error: …`, as a line or
 * as JSON.
 * Blocks of another language are not run.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface Shown {
  /** Line of the page, from 1. */
  line: number;
  command: string;
  printed: string[];
}

export interface Ran extends Shown {
  exit: number;
  came: string[];
}

/** The commands of a page with what it says they print. */
export function commandsOf(page: string): Shown[] {
  const shown: Shown[] = [];
  let inside = false;
  for (const [i, text] of page.split('\n').entries()) {
    if (text.startsWith('```')) inside = text === '```console';
    else if (inside && text.startsWith('$ ')) shown.push({ line: i + 1, command: text.slice(2), printed: [] });
    else if (inside) shown.at(-1)?.printed.push(text);
  }
  return shown;
}

/** Longest first: an instant is not to be taken for a day. */
const changing: readonly [RegExp, string][] = [
  [/(?<![0-9a-z])([a-z]+_)?(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-z])/g, '$1…'],
  [/(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])/g, '…'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?Z)?/g, '<instant>'],
  [/\b\d{4}-\d\d-\d\d\b/g, '<day>'],
  [/\bto \d\d:\d\d\b/g, 'to <time>'],
  [/(?<=\b(?:customer-|workload-|https:\/\/|short id |signup-))[0-9a-f]{8}\b/g, '…'],
  [/\b127\.0\.0\.1:\d+/g, '127.0.0.1:…'],
  [/ *\b\d+\.\d s\b/g, ' <duration>'],
  [/ {2,}/g, '  '],
];

/** A line without what differs from run to run. */
const settled = (line: string): string =>
  changing.reduce((text, [pattern, instead]) => text.replaceAll(pattern, instead), line).trimEnd();

const anyLines = '…';
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const fits = (printed: string, came: string): boolean =>
  new RegExp(`^${printed.split('…').map(escaped).join('.*')}$`).test(came);

/** Whether the lines that came are the lines that the page prints. */
export function sameOutput(printed: readonly string[], came: readonly string[]): boolean {
  const [first, ...rest] = printed;
  if (first === undefined) return came.length === 0;
  if (first.trim() === anyLines) {
    return sameOutput(rest, came) || (came.length > 0 && sameOutput(printed, came.slice(1)));
  }
  return came.length > 0 && fits(settled(first), settled(came[0] ?? '')) && sameOutput(rest, came.slice(1));
}

const withoutEmptyEnd = (lines: readonly string[]): string[] =>
  lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);

/** What of a page is not so, a text for each command; empty when all of it is. */
export const untrue = (ran: readonly Ran[]): string[] =>
  ran.flatMap(({ line, command, printed, exit, came }) => {
    const fails = printed.some((text) => /^(error:|\{"error":)/.test(text));
    const same = sameOutput(withoutEmptyEnd(printed), withoutEmptyEnd(came));
    if (same && (exit !== 0) === fails) return [];
    return [
      `line ${line}: $ ${command}\n-- the page prints\n${printed.join('\n')}\n-- it ended with ${exit}, after\n${came.join('\n')}`,
    ];
  });

/**
 * Runs the commands of a page in a folder that looks like a checkout: everything of the tree is there by a link, `.data` is
 * its own, so whatever the page writes elsewhere is found by `written`. `tenantry` is on the PATH.
 */
export async function runPage(
  file: string,
  options: { dataDir: string; env?: Record<string, string> },
): Promise<{ ran: Ran[]; written: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-page-'));
  try {
    const linked = [...readdirSync(root).filter((name) => name !== '.git' && name !== '.data'), '.data'];
    for (const name of linked) symlinkSync(name === '.data' ? options.dataDir : join(root, name), join(folder, name));
    const shown = commandsOf(readFileSync(join(root, file), 'utf8'));
    const ran = await runInOneShell(shown, folder, options.env ?? {});
    return { ran, written: readdirSync(folder).filter((name) => !linked.includes(name)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Before each command's exit code; no program prints it. */
const mark = '\u001e';

async function runInOneShell(shown: readonly Shown[], cwd: string, extra: Record<string, string>): Promise<Ran[]> {
  const bin = mkdtempSync(join(tmpdir(), 'tenantry-page-bin-'));
  symlinkSync(join(root, 'cli/tenantry.sh'), join(bin, 'tenantry'));
  try {
    const path = [bin, join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
    const script = shown.map(({ command }) => `${command}\nprintf '\\n${mark}%s\\n' $?\n`).join('');
    const env = { PATH: path, HOME: process.env['HOME'] ?? bin, ...extra };
    const child = spawn('bash', ['--norc', '-c', `exec 2>&1 </dev/null\n${script}`], { cwd, env });
    let output = '';
    for await (const part of child.stdout.setEncoding('utf8')) output += String(part);
    const parts = output.split(mark);
    return shown.map((one, i) => ({
      ...one,
      exit: Number(/^\d+/.exec(parts[i + 1] ?? '')?.[0] ?? Number.NaN),
      came: (parts[i] ?? '')
        .replace(/^\d+\n/, '')
        .trimEnd()
        .split('\n'),
    }));
  } finally {
    rmSync(bin, { recursive: true });
  }
}
