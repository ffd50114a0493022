/** Nothing is kept that nobody uses: files, exports, dependencies (knip.jsonc says where use starts). */
import { describe, it } from 'vitest';
import { expectClean } from './tool.ts';

describe('unused code', () => {
  it('every file, export and dependency is used', async () => {
    await expectClean('knip', '--no-progress');
  });
});
