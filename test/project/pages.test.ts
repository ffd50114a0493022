/** The pages as they are deployed: what is a page and what is the Worker's, their headers, and how much a first look loads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { builtPages } from '../harness/pages.ts';
import { root } from './tool.ts';
import { files, linesWith, textOf } from './tree.ts';

const dist = join(root, 'ui/dist');
const kilobyte = 1000;
/** gzip, of a page's first look, without charts (which are loaded when one is shown). */
const firstLoadKbMax = 350;

interface Chunk {
  file: string;
  isEntry?: true;
  isDynamicEntry?: true;
  imports?: string[];
  css?: string[];
}

/** Every path of a route in the contracts. */
const paths = files
  .filter((file) => file.startsWith('src/contracts/routes/'))
  .flatMap((file) => [...textOf(file).matchAll(/^ {2}path: '([^']+)'/gm)].map(([, path = '']) => path));

const matcherOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^$()|[\]{}\\]/g, '\\$&'))
      .join('.*')}$`,
  );

describe('what is a page', () => {
  const { assets } = unstable_readConfig({ config: join(root, 'wrangler.toml') }, { hideWarnings: true });
  const named: unknown = assets?.run_worker_first;
  const patterns: string[] = Array.isArray(named) ? named : [];
  const isWorkers = (path: string) => patterns.some((pattern) => matcherOf(pattern).test(path));

  it('no path of the API is: each is named in run_worker_first', () => {
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !isWorkers(path))).toEqual([]);
  });

  it('every page is: its path is not the Worker’s', () => {
    const pages = [
      '/',
      '/plan',
      '/usage',
      '/cost',
      '/licence',
      '/keys',
      '/members',
      '/account',
      '/sign-in',
      '/sign-up',
      '/organisation',
      '/admin/queues',
      '/console',
      '/assets/index.js',
    ];
    expect(pages.filter(isWorkers)).toEqual([]);
    const known = linesWith(
      /^export const \w+Address = '/,
      files.filter((file) => file.startsWith('ui/src/')),
    );
    expect(known.length).toBeGreaterThan(0);
  });
});

describe('the built pages', () => {
  beforeAll(builtPages);

  const manifest = (): Record<string, Chunk> =>
    JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;

  const closure = (chunks: Record<string, Chunk>, name: string, seen = new Set<string>()): Set<string> => {
    const chunk = chunks[name];
    if (chunk === undefined || seen.has(chunk.file)) return seen;
    seen.add(chunk.file);
    for (const css of chunk.css ?? []) seen.add(css);
    for (const imported of chunk.imports ?? []) closure(chunks, imported, seen);
    return seen;
  };

  const kbOf = (chunkFiles: Iterable<string>): number =>
    [...chunkFiles].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0) / kilobyte;

  it(`no page loads more than ${firstLoadKbMax} KB at its first look`, () => {
    const chunks = manifest();
    const [entry = ''] = Object.keys(chunks).filter((name) => chunks[name]?.isEntry);
    const looks = Object.keys(chunks)
      .filter((name) => chunks[name]?.isDynamicEntry && /-page[.]tsx$/.test(name))
      .map((name) => ({ page: name, kb: kbOf(closure(chunks, name, closure(chunks, entry))) }));
    expect(looks.length).toBeGreaterThan(3);
    expect(looks.filter(({ kb }) => kb > firstLoadKbMax)).toEqual([]);
  });

  it('charts are in no first look', () => {
    const chunks = manifest();
    const withCharts = Object.keys(chunks).filter((name) => {
      const text = readFileSync(join(dist, chunks[name]?.file ?? ''), 'utf8');
      return text.includes('VictoryChart');
    });
    expect(withCharts.length).toBeGreaterThan(0);
    const looks = Object.keys(chunks).filter((name) => /-page[.]tsx$|index[.]html$/.test(name));
    const loaded = new Set(looks.flatMap((name) => [...closure(chunks, name)]));
    expect(withCharts.map((name) => chunks[name]?.file ?? '').filter((file) => loaded.has(file))).toEqual([]);
  });

  it('index.html has no inline script and no inline style, which the Content-Security-Policy would not run', () => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8');
    expect(html).toContain('<script type="module"');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=/);
    const policy = /Content-Security-Policy: (.*)/.exec(readFileSync(join(dist, '_headers'), 'utf8'))?.[1];
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });
});
