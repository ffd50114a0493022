/** test/harness/docs-commands.ts itself: what it reads, and that it sees a document that is not so. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { consoleCommands, differenceOf, shellBlocks } from '../harness/docs-commands.ts';

describe("a document's commands", () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-docs-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read with what they print', () => {
    const file = join(folder, 'page.md');
    const text = [
      'a',
      '```console',
      '$ one \\',
      '  more',
      'out',
      '',
      '$ two',
      '```',
      '```sh',
      'three',
      '```',
      '$ four',
    ];
    writeFileSync(file, text.join('\n'));
    expect(consoleCommands(file)).toEqual([
      { line: 3, command: 'one \\\n  more', shown: ['out', ''] },
      { line: 7, command: 'two', shown: [] },
    ]);
    expect(shellBlocks(file)).toEqual([{ line: 10, text: 'three' }]);
  });

  it.each([
    ['the same', ['a', 'b'], ['a', 'b', '']],
    [
      'ids and times',
      [`job_${'0'.repeat(32)} at 2026-01-01 10:00 UTC`],
      [`job_${'f'.repeat(32)} at 2027-12-31 09:59 UTC`],
    ],
    [
      'short ids, ports, durations',
      ['  0.1 s  c-0a1b2c3d at http://127.0.0.1:8787'],
      [' 12.0 s  c-ffff0000 at http://127.0.0.1:1'],
    ],
    [
      'short ids of letters alone',
      ['"customer-0a1b2c3d" at https://0a1b2c3d.x'],
      ['"customer-faabfeac" at https://faabfeac.x'],
    ],
    ['an elided text', ['token …, then more'], ['token abc, then more']],
    ['elided lines', ['a', '…', 'z'], ['a', 'b', 'c', 'z']],
    ['no elided line', ['a', '…', 'z'], ['a', 'z']],
    ['columns of another width', ['a   b'], ['a b']],
  ])('are so: %s', (_what, shown, printed) => {
    expect(differenceOf(shown, printed)).toBeNull();
  });

  it.each([
    ['another amount', ['total $29.00'], ['total $30.00']],
    ['a line too few', ['a'], ['a', 'b']],
    ['a line too many', ['a', 'b'], ['a']],
    ['another order', ['a', 'b'], ['b', 'a']],
  ])('are not so: %s', (_what, shown, printed) => {
    expect(differenceOf(shown, printed)).toContain('--- printed:');
  });
});
