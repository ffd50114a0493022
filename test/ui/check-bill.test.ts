/** The check of a bill as a browser gets it: bundled without anything of Node, and with the same answer as in Node and in workerd. */
import { relative } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { sourceFiles } from '../../dev/pages/source-hash.ts';
import { verifyStatement } from '../../src/statements/verify.ts';
import { makeStatement } from '../harness/statement.ts';
import { root } from '../project/tool.ts';

let script: string;
const modules: string[] = [];
beforeAll(async () => {
  const built = await build({
    entryPoints: [new URL('../../src/statements/verify.ts', import.meta.url).pathname],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    metafile: true,
    minify: true,
  });
  script = built.outputFiles[0]?.text ?? '';
  modules.push(...Object.keys(built.metafile.inputs));
});

describe('the check of a bill', () => {
  it('needs nothing of Node, of the databases, or of YAML', () => {
    expect(modules.filter((file) => /^node:|node_modules\/(?:yaml|drizzle-orm|hono)\//.test(file))).toEqual([]);
    expect(modules.filter((file) => /store\.ts$|^src\/(?:db|http|workflows)\//.test(file))).toEqual([]);
    expect(script).not.toMatch(/\brequire\(|process\.env/);
  });

  it('is in pages that are built anew when any of it has changed', () => {
    const hashed = new Set(sourceFiles(root).map((file) => relative(root, file)));
    const own = modules.filter((file) => file.startsWith('src/'));
    expect(own).toContain('src/statements/verify.ts');
    expect(own.filter((file) => !hashed.has(file))).toEqual([]);
  });

  it('finds in the bundle what it finds here', async () => {
    const made = await makeStatement();
    const bundled = (await import(`data:text/javascript;base64,${Buffer.from(script).toString('base64')}`)) as {
      verifyStatement: typeof verifyStatement;
    };
    const wrong = await made.again((payload) => ({ ...payload, total_cents: 1 }));
    for (const bytes of [made.bytes, wrong, made.bytes.slice(0, -9)]) {
      expect(await bundled.verifyStatement(bytes, made.keys)).toEqual(await verifyStatement(bytes, made.keys));
    }
    expect((await bundled.verifyStatement(made.bytes, made.keys)).outcome).toBe('right');
  });
});
