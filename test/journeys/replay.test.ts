/** The short form of `npm run figures -- replay`. */
import { expect, it } from 'vitest';
import { replay } from '../../bench/support/replay.ts';

it('a report sent again and again, alone, in batches and over a kill -9, is one row and billed once', async () => {
  const result = await replay({ reports: 100, batches: 5, itemsPerBatch: 40 });
  expect(result).toMatchObject({ sent: 300, rows: 1, usage_lines_equal: true, dead_letters: 0 });
  expect(result.total_cents).toBe(result.expected_cents);
});
