/** How far an order for many is, while it runs: a bar at a terminal, elsewhere a line for each tenth. */
import type { BatchAnswer } from '../src/contracts/queue.ts';
import { readBatch } from '../src/contracts/routes/queue-orders.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import type { Api } from './api.ts';
import { howToRead } from './batch.ts';
import type { Failure } from './failure.ts';
import type { World } from './world.ts';

const barChars = 30;
const pollMs = 2000;
const tenth = 10;

const decidedOf = ({ done, refused }: BatchAnswer): number => refused.reduce((sum, { items }) => sum + items, done);
const percentOf = (batch: BatchAnswer): number =>
  batch.matched === 0 ? 100 : Math.floor((decidedOf(batch) * 100) / batch.matched);

/** `[######------------------------]  20 %  60 of 300`. Pure. */
function barOf(batch: BatchAnswer): string {
  const filled = Math.floor((percentOf(batch) * barChars) / 100);
  const bar = `${'#'.repeat(filled)}${'-'.repeat(barChars - filled)}`;
  return `[${bar}] ${String(percentOf(batch)).padStart(3)} %  ${decidedOf(batch)} of ${batch.matched}`;
}

/** Waits for the order's end. An API that goes away ends the wait, not the order. */
export async function watchBatch(world: World, api: Api, batchId: string): Promise<Result<BatchAnswer, Failure>> {
  let told = -1;
  for (;;) {
    const read = await api.call(readBatch, { params: { batchId } });
    if (!read.ok) {
      world.redraw?.('');
      return err({ ...read.error, message: `${read.error.message}; the order goes on. ${howToRead(batchId)}` });
    }
    const step = Math.floor(percentOf(read.value) / tenth);
    if (world.redraw) world.redraw(barOf(read.value));
    else if (step > told) world.note(barOf(read.value));
    told = Math.max(told, step);
    if (read.value.state === 'done') {
      world.redraw?.('');
      return ok(read.value);
    }
    await world.sleep(pollMs);
  }
}
