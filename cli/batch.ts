/** An order for many jobs or dead letters as lines for people. Pure. */
import type { BatchAnswer } from '../src/contracts/queue.ts';

/** How far it is, and what was refused with which code. */
export function batchLines(batch: BatchAnswer): string[] {
  const refused = batch.refused.reduce((sum, { items }) => sum + items, 0);
  return [
    `order       ${batch.batch_id}`,
    `what        ${batch.action}, ${batch.rate} a second`,
    `state       ${batch.state}: ${batch.done + refused} of ${batch.matched}`,
    `done        ${batch.done}`,
    ...batch.refused.map(({ code, items }) => `refused     ${items} ${code}`),
    ...(batch.reason === null ? [] : [`reason      ${batch.reason}`]),
    `begun       ${batch.created_at} by ${batch.started_by}`,
    ...(batch.finished_at === null ? [] : [`finished    ${batch.finished_at}`]),
  ];
}

/** What to tell who has given an order. */
export const howToRead = (id: string): string => `How far it is: tenantry queue batch ${id}`;
