/** Format and lint of the whole tree (biome.json), and that the rules which guard against lost work do bite. */
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectClean, root, run } from './tool.ts';

/** What the linter says about one file of a project with our rules. */
async function lint(name: string, text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-lint-'));
  try {
    for (const file of ['biome.json', '.gitignore', 'package.json', 'tsconfig.json', 'tsconfig.base.json']) {
      cpSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, name), text);
    return (await run('biome', ['lint', name], { cwd: folder })).output;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('format and lint', () => {
  it('the whole tree is formatted and clean', async () => {
    await expectClean('biome', 'check', '--diagnostic-level=error', '--max-diagnostics=200', '.');
  });

  it.each([
    [
      'a promise that nobody awaits',
      'noFloatingPromises',
      'const send = async () => 1;\nexport const f = () => {\n  send();\n};\n',
    ],
    ['any', 'noExplicitAny', 'export const f = (x: any) => x;\n'],
    [
      'an assertion that something is not null',
      'noNonNullAssertion',
      'export const f = (x: string | null) => x!.length;\n',
    ],
    ['a default export', 'noDefaultExport', 'export default 1;\n'],
    ['a barrel', 'noBarrelFile', "export { z } from 'zod';\n"],
    ['a test that runs alone', 'noFocusedTests', "import { it } from 'vitest';\nit.only('x', () => {});\n"],
  ])('refuses %s', async (_what, rule, text) => {
    expect(await lint('sample.test.ts', text)).toContain(`/${rule} `);
  });
});
