/** What docs/provisioner.md says of the failure codes is what the provisioner reports. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { retryable, scopeOf } from '../../provisioner/failure.ts';
import { deploymentFailures, type RunFailureCode } from '../../src/contracts/deployment-failures.ts';

const page = join(import.meta.dirname, '../../docs/provisioner.md');
/** A row: its codes, whose trouble it is, whether it is tried again. */
const row = /^\| (`[a-z_]+`(?:, `[a-z_]+`)*) +\| (customer|cluster) +\| (no|yes|for ever) +\|/gm;

it('the table of codes has every code once, with whose trouble it is and whether it is tried again', async () => {
  const rows = [...(await readFile(page, 'utf8')).matchAll(row)];
  const told = rows.flatMap(([, codes = '', whose, again]) =>
    codes.split(', ').map((code) => `${code.replaceAll('`', '')}: ${whose}, ${again}`),
  );
  const codes = Object.keys(deploymentFailures) as RunFailureCode[];
  const meant = codes.map((code) => {
    const again = retryable[code] ? 'yes' : 'no';
    return `${code}: ${scopeOf(code)}, ${scopeOf(code) === 'cluster' ? 'for ever' : again}`;
  });
  expect(told.toSorted()).toEqual(meant.toSorted());
});
