/** What every file of the tree keeps to, whatever it is about. */
import { describe, expect, it } from 'vitest';
import { expectClean, run } from './tool.ts';
import { files, linesWith, sourceFiles, textOf } from './tree.ts';

/** Over this a file holds two ideas. */
const linesMax = 300;

describe('files', () => {
  it(`none is longer than ${linesMax} lines`, () => {
    const lengths = sourceFiles.map((file) => ({ file, lines: textOf(file).trimEnd().split('\n').length }));
    expect(lengths.filter(({ lines }) => lines > linesMax)).toEqual([]);
  });

  it('no test is switched off', () => {
    const tests = sourceFiles.filter((file) => file.startsWith('test/'));
    // The harness skips, with the reason in the name, what needs a program that this machine lacks.
    const others = tests.filter((file) => file !== 'test/harness/tools.ts' && file !== 'test/project/style.test.ts');
    expect(
      linesWith(/\b(?:it|test|describe|suite|bench)\b.*\.(?:only|skip|todo|fails|skipIf|runIf)\b/, others),
    ).toEqual([]);
  });

  it('no file names a place on somebody’s machine', () => {
    const home = /(?:^|[\s'"`=:(])(?:\/(?:root|work|Users|mnt)\/|\/home\/[a-z]|[A-Z]:\\Users)/;
    expect(
      linesWith(
        home,
        files.filter((file) => file !== 'test/project/files.test.ts'),
      ),
    ).toEqual([]);
  });

  it('no file names the package registry of one machine', async () => {
    const asked = await Promise.all([
      run('npm', ['config', 'get', 'registry']),
      run('go', ['env', 'GOPROXY']).catch(() => ({ output: '' })),
    ]);
    const own = asked.flatMap(({ output }) => output.match(/(?<=https?:\/\/)[^/\s,|]+/g) ?? []);
    const setting = String.raw`_authToken|"resolved":|^\s*(?:export\s+)?(?:npm_config_)?(?:registry|GOPROXY)\s*=`;
    const hosts = own.map((host) => host.replaceAll('.', '[.]'));
    const others = files.filter((file) => file !== 'test/project/files.test.ts');
    expect(linesWith(new RegExp([setting, ...hosts].join('|')), others)).toEqual([]);
  });

  // Newer npm refuses a lock that lacks the packages of other platforms; a registry that lacks them writes such a lock.
  it.each(['.', 'ui'])('package-lock.json of %s is what package.json asks for, on every platform', async (folder) => {
    await expectClean('npm', 'ci', '--dry-run', '--offline', '--ignore-scripts', '--prefix', folder);
  });
});
