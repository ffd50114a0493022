import { expect, it } from 'vitest';
import { version } from '../../src/lib/version.ts';
import { textOf } from './tree.ts';

it('says the version of package.json where the Worker says one', () => {
  expect(JSON.parse(textOf('package.json'))).toMatchObject({ version });
});
