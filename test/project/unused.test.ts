/** Nothing is kept that nobody uses: files, exports, dependencies (knip.jsonc says where use starts). */
import { beforeAll, describe, it } from 'vitest';
import { installedPages } from '../harness/pages.ts';
import { expectClean } from './tool.ts';

describe('unused code', () => {
  beforeAll(installedPages);

  it('every file, export and dependency is used', async () => {
    await expectClean('knip', '--no-progress');
  });
});
