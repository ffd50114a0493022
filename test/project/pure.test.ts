/**
 * What is decided, stored and done is given its time, randomness and environment, so that a test or a replay can give
 * the same again (design: a pure noun has no clock). Imports are direction.test.ts's; this reads the language's globals.
 */
import { describe, expect, it } from 'vitest';
import { files, linesWith } from './tree.ts';

const shells = /^src\/(?:lib|http)\/|^src\/[^/]+\.ts$/;
const given = files.filter((file) => file.startsWith('src/') && file.endsWith('.ts') && !shells.test(file));

const globals =
  /\bDate\.now\(|\bnew Date\(\)|\bperformance\.|\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\brandomBytes\b|\bprocess\.|\bset(?:Timeout|Interval)\(|(?<![.\w])fetch\(|\bconsole\./;

describe('nouns, stores, workflows and routes', () => {
  it('have no clock, randomness, environment or network of their own', () => {
    expect(given.length).toBeGreaterThan(0);
    expect(linesWith(globals, given)).toEqual([]);
  });

  it.each(['const now = Date.now();', 'const at = new Date();', 'await fetch(url)', 'const id = crypto.randomUUID();'])(
    'would be caught: %s',
    (line) => expect(line).toMatch(globals),
  );

  it.each(['new Date(now).toISOString()', 'queue.fetch(id)', 'const prefetch = 1;'])('may hold: %s', (line) =>
    expect(line).not.toMatch(globals),
  );
});
