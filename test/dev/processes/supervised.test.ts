import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { supervise } from '../../../dev/processes/supervised.ts';
import { eventually } from '../../harness/eventually.ts';
import { programOf } from '../../harness/processes.ts';

describe('a program that the platform keeps running', () => {
  let folder: string;
  let lines: string[];
  let refused: string[];
  beforeEach(() => {
    refused = [];
    folder = mkdtempSync(join(tmpdir(), 'tenantry-supervised-'));
    lines = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (source: string) => {
    const entry = join(folder, 'program.mjs');
    writeFileSync(entry, source);
    return supervise(
      { name: 'prog', args: [entry], env: {} },
      (line) => lines.push(line),
      ({ message }) => refused.push(message),
    );
  };
  const said = (text: string, times = 1) =>
    eventually(
      async () => lines.filter((line) => line.includes(text)).length,
      (count) => count >= times,
    );

  it('is started again when it ends, with growing pauses, and its lines are shown', async () => {
    const program = await run("console.log('up'); process.exit(3);");
    await said('prog | up', 2);
    expect(lines).toContain('prog ended (exit 3), it starts again in 500 ms');
    await said('it starts again in 1000 ms');
    await program.stop();
  });

  it.each([1, 2])(
    'that refuses what it was given (exit %i) is not started again: the caller hears why',
    async (code) => {
      await run(`console.error('prog: A must be b'); console.error('C is required'); process.exit(${code});`);
      expect(
        await eventually(
          async () => refused,
          ({ length }) => length > 0,
        ),
      ).toEqual(['prog: A must be b\nprog: C is required']);
      expect(lines).toEqual([]);
    },
  );

  it('that crashes at its first start has refused nothing: it is started again, and its stack is shown', async () => {
    const program = await run("throw new Error('as the test wants it');");
    await said('it starts again in 1000 ms');
    expect(lines.filter((line) => line.includes('Error: as the test wants it'))).not.toEqual([]);
    expect(refused).toEqual([]);
    await program.stop();
  });

  it('that refuses at a later start is started again: what it was given had been good', async () => {
    const state = join(folder, 'ran');
    const program = await run(`import { existsSync, writeFileSync } from 'node:fs';
      if (!existsSync('${state}')) { writeFileSync('${state}', ''); process.exit(3); }
      console.error('the file has gone'); process.exit(1);`);
    await said('prog ended (exit 1), it starts again in');
    expect(refused).toEqual([]);
    expect(lines).toContain('prog | the file has gone');
    await program.stop();
  });

  it('is asked to end, heard out, and not started again', async () => {
    const program = await run(
      "setInterval(() => {}, 1e6); process.once('SIGTERM', () => { console.log('bye'); process.exit(); }); console.log('up');",
    );
    await said('prog | up');
    const pid = program.pid() ?? 0;
    await program.stop();
    expect(lines).toEqual(['prog | up', 'prog | bye']);
    expect(programOf(pid)).toBeNull();
  });
});
