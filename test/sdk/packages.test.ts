/** What every package of sdk/ keeps to, whatever it does: its exports, its build, its size. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { version } from '../../src/lib/version.ts';
import { buildPackage, manifestOf, sdkFolder, sdkPackages, sizesOf } from '../../tools/sdk.ts';
import { textOf } from '../project/tree.ts';

/** gzip, of the largest entry with what it depends on: what a host's bundle grows by. */
const gzipBytesMax = 16_384;

/** Builds a package; a hash of every file, by its path. */
function built(name: string, folder: string): Record<string, string> {
  buildPackage(name, folder);
  const dist = join(folder, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /\.\w+$/.test(file));
  const hashOf = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(dist, file)))
      .digest('hex');
  return Object.fromEntries(files.toSorted().map((file) => [file, hashOf(file)]));
}

it('there are packages', () => {
  expect(sdkPackages()).toContain('licence-guard');
});

describe.each(sdkPackages())('sdk/%s', (name) => {
  const manifest = manifestOf(name);
  const source = join(sdkFolder(name), 'src');
  const entries = readdirSync(source).filter((file) => file.endsWith('.ts'));

  const folder = mkdtempSync(join(tmpdir(), 'tenantry-sdk-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('exports each file of src and nothing else, with its types', () => {
    const exported = Object.values(manifest.exports).filter((target) => typeof target !== 'string');
    expect(exported.map(({ types }) => basename(types, '.d.ts')).toSorted()).toEqual(
      entries.map((file) => basename(file, '.ts')).toSorted(),
    );
    expect(exported.map(({ types }) => types.replace(/\.d\.ts$/, '.js'))).toEqual(
      exported.map((target) => target.default),
    );
  });

  it('has the version, the licence and the dependencies of the project', () => {
    const project = JSON.parse(textOf('package.json')) as { license: string; dependencies: Record<string, string> };
    expect(manifest).toMatchObject({ version, license: project.license });
    for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
      expect(range).toBe(`^${project.dependencies[dependency]}`);
    }
    expect(existsSync(join(sdkFolder(name), 'README.md'))).toBe(true);
  });

  it('is the same, byte for byte, whenever it is built', () => {
    const first = built(name, folder);
    expect(Object.keys(first).length).toBeGreaterThan(1);
    expect(built(name, folder)).toEqual(first);
  });

  it(`adds at most ${gzipBytesMax} bytes to a host`, async () => {
    const sizes = await sizesOf(name, folder);
    expect(sizes.filter(({ gzipBytes }) => gzipBytes > gzipBytesMax)).toEqual([]);
    expect(sizes.length).toBe(entries.length);
  });
});
