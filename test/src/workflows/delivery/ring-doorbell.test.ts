import { describe, expect, it } from 'vitest';
import type { Doorbell } from '../../../../src/contracts/jobs.ts';
import type { Carriers } from '../../../../src/workflows/delivery/carriers.ts';
import { ringAll } from '../../../../src/workflows/delivery/ring-doorbell.ts';

const jobIds = Array.from({ length: 250 }, (_, n) => `job_${n}`);

/** A queue that goes down after some calls, and what it has taken in each. */
function queueOf(callsMax: number) {
  const calls: Doorbell[][] = [];
  let asked = 0;
  const sendBatch = async (messages: { body: Doorbell }[]) => {
    if (++asked > callsMax) throw new Error('queue is down');
    calls.push(messages.map(({ body }) => body));
  };
  return { bell: { sendBatch } as unknown as Queue, calls, asked: () => asked };
}

function carriersOf() {
  const said: string[] = [];
  const log = (_level: string, message: string) => void said.push(message);
  return { carriers: { log } as unknown as Carriers, said };
}

describe('many jobs of a cluster', () => {
  it('are rung for a hundred in a call, each once', async () => {
    const { bell, calls } = queueOf(Number.POSITIVE_INFINITY);
    expect(await ringAll(carriersOf().carriers, bell, { clusterId: 'local', jobIds })).toBeNull();
    expect(calls.map((messages) => messages.length)).toEqual([100, 100, 50]);
    expect(calls.flat()).toEqual(jobIds.map((job_id) => ({ v: 1, cluster_id: 'local', job_id })));
  });

  it('are not tried further when a call fails, which the log says once', async () => {
    const { bell, asked } = queueOf(1);
    const { carriers, said } = carriersOf();
    expect(await ringAll(carriers, bell, { clusterId: 'local', jobIds })).toBe('queue_down');
    expect(asked()).toBe(2);
    expect(said).toEqual(['a doorbell queue does not take messages']);
  });

  it('are rung for by nobody where the Worker has no such queue', async () => {
    expect(await ringAll(carriersOf().carriers, null, { clusterId: 'local', jobIds })).toBe('no_queue');
  });
});
