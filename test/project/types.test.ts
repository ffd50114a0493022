/** Strict types: the Worker's side, Node's side and the pages each have a configuration, and every file is under one of them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { installedPages } from '../harness/pages.ts';
import { expectClean, root, run } from './tool.ts';
import { files } from './tree.ts';

const configurations = ['tsconfig.json', 'tsconfig.node.json', 'tsconfig.ui.json'];

describe('types', () => {
  beforeAll(installedPages);

  it.each(configurations)('%s has no error', async (configuration) => {
    await expectClean('tsc', '-p', configuration);
  });

  it('every TypeScript file is checked', async () => {
    const listings = await Promise.all(configurations.map((c) => run('tsc', ['-p', c, '--listFilesOnly'])));
    const checked = new Set(listings.flatMap((listing) => listing.output.split('\n')));
    expect(files.filter((file) => /\.tsx?$/.test(file) && !checked.has(`${root}/${file}`))).toEqual([]);
  });
});
