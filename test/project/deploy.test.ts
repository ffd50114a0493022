/** What deploys is whole: the Worker bundles from wrangler.toml, and each database's migrations are its schema. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root, run } from './tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenantry-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Values of a key in wrangler.toml, each once, sorted. */
const namesIn = (text: string, key: string): string[] =>
  [...new Set([...text.matchAll(new RegExp(`^${key} = "(.*)"$`, 'gm'))].map(([, name = '']) => name))].sort();

const sqlFiles = (path: string): string[] => readdirSync(path).filter((name) => name.endsWith('.sql'));

describe('deployment', () => {
  it('the Worker of wrangler.toml bundles', async () => {
    const outdir = join(folder, 'worker');
    const env = { WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' };
    const { status, output } = await run('wrangler', ['deploy', '--dry-run', '--outdir', outdir], { env });
    expect(status, output).toBe(0);
    expect(output).not.toMatch(/\bwarning\b/i);
    expect(existsSync(join(outdir, 'index.js'))).toBe(true);
  });

  it('the page that deploys makes each database and queue of wrangler.toml, and no other', () => {
    const config = readFileSync(join(root, 'wrangler.toml'), 'utf8');
    const page = readFileSync(join(root, 'docs/on-a-cluster.md'), 'utf8');
    const made = (what: string): string[] =>
      [...page.matchAll(new RegExp(`^npx wrangler ${what} create (\\S+)$`, 'gm'))].map(([, name = '']) => name).sort();
    expect(made('d1')).toEqual(namesIn(config, 'database_name'));
    expect(made('queues')).toEqual(namesIn(config, '(?:queue|dead_letter_queue)'));
  });

  it.each(['control', 'usage'])(
    'the migrations of the %s database are up to date with its schema',
    async (database) => {
      const copy = join(folder, database);
      cpSync(join(root, 'migrations', database), copy, { recursive: true });
      const configuration = join(folder, `${database}.config.ts`);
      // drizzle-kit takes `out` from the working directory only.
      writeFileSync(
        configuration,
        `import config from ${JSON.stringify(join(root, 'drizzle.config.ts'))};\n` +
          `export default { ...config, out: ${JSON.stringify(relative(root, copy))} };\n`,
      );
      const { status, output } = await run('drizzle-kit', ['generate', '--config', configuration], {
        env: { DATABASE: database },
      });
      expect(status, output).toBe(0);
      expect(output).toContain('No schema changes');
      expect(sqlFiles(copy)).toEqual(sqlFiles(join(root, 'migrations', database)));
    },
  );
});
