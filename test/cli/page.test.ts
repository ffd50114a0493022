/** docs/cli.md is so: its commands print what stands there, and the commands and options it names are those that there are. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/failure.ts';
import { commands } from '../../cli/program.ts';
import { commandsOf, runPage, sameOutput, untrue } from '../harness/page.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';
import { testWorld } from './harness.ts';

const page = 'docs/cli.md';
const text = await readFile(join(import.meta.dirname, '../..', page), 'utf8');

describe('the commands of docs/cli.md', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.stop());

  it('print what the page says, and leave nothing where git would see it', async () => {
    const { ran, written } = await runPage(page, { dataDir: platform.dataDir });
    expect(ran.length).toBeGreaterThan(12);
    expect(untrue(ran).join('\n\n')).toBe('');
    expect(written).toEqual([]);
  });
});

/** Every command that does something, by its words. */
function leaves(command: Command, words: string[]): [string, Command][] {
  if (command.commands.length === 0) return [[words.join(' '), command]];
  return command.commands.flatMap((inner) => leaves(inner, [...words, inner.name()]));
}

const defined = new Map(
  Object.entries(commands).flatMap(([name, define]) => {
    const command = new Command(name);
    const idle = () => async () => {};
    define({ program: command, world: testWorld(), withApi: idle, alone: idle });
    return leaves(command, [name]);
  }),
);

/** What lists and what names a customer take is said once for all of them. */
const saidOnce = ['--customer', '--id', '--page', '--limit', '--json', '--yes'];

describe('the table of commands', () => {
  const rows = [...text.matchAll(/^\| `([a-z][a-z -]*)` +\| (.*) \|$/gm)].map(([, name = '', what = '']) => ({
    name,
    what,
  }));

  it('has every command that there is, and no other', () => {
    expect(rows.map((row) => row.name).sort()).toEqual([...defined.keys(), 'completion'].sort());
  });

  it('has every option of each', () => {
    for (const { name, what } of rows.filter((row) => row.name !== 'completion')) {
      const options = defined.get(name)?.options.map((option) => option.long ?? '') ?? [];
      const named = what.match(/--[a-z-]+/g) ?? [];
      expect([name, ...new Set(named)].sort()).toEqual([name, ...options.filter((o) => !saidOnce.includes(o))].sort());
    }
  });

  it('is followed by what asks first', () => {
    const sentence = /That is (.*?)\.\n/s.exec(text)?.[1]?.replaceAll(/\s+/g, ' ') ?? '';
    const named = [...sentence.matchAll(/`([a-z][a-z-]+(?: [a-z]+)?)`/g)].map(([, name]) => name);
    const asking = [...defined].filter(([, command]) => command.options.some((option) => option.long === '--yes'));
    const sometimes = ['keys rotate', 'credentials rotate', 'customer redeploy', 'licences reissue'];
    expect(asking.map(([name]) => name).sort()).toEqual([...named, ...sometimes].sort());
  });
});

describe('the table of exit codes', () => {
  it('has the codes of the program', () => {
    const rows = [...text.matchAll(/^\| (\d) +\|/gm)].map(([, code]) => Number(code));
    expect(rows).toEqual(Object.values(exitCodes));
  });
});

describe('what a page prints and what comes', () => {
  const shown = ['```console', '$ one --a', 'x', '$ two', '```', '```sh', '$ three', '```'].join('\n');

  it('is read from its console blocks', () => {
    expect(commandsOf(shown)).toEqual([
      { line: 2, command: 'one --a', printed: ['x'] },
      { line: 4, command: 'two', printed: [] },
    ]);
  });

  const id = (digit: string) => `cust_${digit.repeat(32)}`;
  it.each([
    ['ids and times', [`${id('a')}  2026-11-21 10:00`], [`${id('b')}  2026-11-26 23:59`], true],
    ['column widths', ['a   b'], ['a      b'], true],
    ['a part that is left out', ['generation … of 2'], ['generation 1 of 2'], true],
    ['lines that are left out', ['a', '…', 'z'], ['a', 'b', 'c', 'z'], true],
    ['none where some may be left out', ['a', '…', 'z'], ['a', 'z'], true],
    ['another number', ['$29.00'], ['$31.00'], false],
    ['another kind of id', [id('a')], [`job_${'a'.repeat(32)}`], false],
    ['a line more', ['a'], ['a', 'b'], false],
    ['a line less', ['a', 'b'], ['a'], false],
    ['a character of a pattern', ['a.c'], ['abc'], false],
  ])('differ or not: %s', (_, printed, came, same) => {
    expect(sameOutput(printed, came)).toBe(same);
  });

  it('differ when a command fails that the page shows as working', () => {
    const one = { line: 1, command: 'x', printed: ['a'], came: ['a'] };
    expect(untrue([{ ...one, exit: 0 }])).toEqual([]);
    expect(untrue([{ ...one, exit: 1 }])).toHaveLength(1);
    const failing = { ...one, printed: ['error: no'], came: ['error: no'] };
    expect(untrue([{ ...failing, exit: 1 }])).toEqual([]);
    expect(untrue([{ ...failing, exit: 0 }])).toHaveLength(1);
  });
});
