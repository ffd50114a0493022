/** The pull API of a doorbell queue for tests, in memory: visibility time-outs, and late acks taken as real Queues take them. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const body = z.object({
  batch_size: z.number().int().min(1).max(100).default(5),
  visibility_timeout_ms: z.number().int().default(30_000),
  acks: z.array(z.object({ lease_id: z.string() })).default([]),
});

export function fakeDoorbell() {
  const bells: { id: string; visibleAt: number; lease: string | null }[] = [];
  const seen = { pulls: 0, acks: [] as string[], pulledMost: 0 };
  const result = (value: unknown): [number, unknown] => [
    200,
    { success: true, errors: [], messages: [], result: value },
  ];

  function pull(max: number, hiddenMs: number): [number, unknown] {
    seen.pulls += 1;
    seen.pulledMost = Math.max(seen.pulledMost, max);
    const now = Date.now();
    const visible = bells.filter((bell) => bell.visibleAt <= now).slice(0, max);
    for (const bell of visible) {
      bell.visibleAt = now + hiddenMs;
      bell.lease = randomBytes(8).toString('hex');
    }
    return result({ messages: visible.map((bell) => ({ id: bell.id, lease_id: bell.lease, body: '', attempts: 1 })) });
  }

  function ack(leases: Set<string>): [number, unknown] {
    for (const bell of bells.filter((candidate) => candidate.lease !== null && leases.has(candidate.lease))) {
      bells.splice(bells.indexOf(bell), 1);
      seen.acks.push(bell.id);
    }
    return result({ ackCount: leases.size, retryCount: 0, warnings: [] });
  }

  return {
    bells,
    seen,
    ring: (): void => void bells.push({ id: randomBytes(8).toString('hex'), visibleAt: 0, lease: null }),
    /** Answers `…/messages/pull` and `…/messages/ack`: status and body. */
    route(path: string[], sent: unknown): [number, unknown] {
      const { batch_size, visibility_timeout_ms, acks } = body.parse(sent);
      return path.at(-1) === 'pull'
        ? pull(batch_size, visibility_timeout_ms)
        : ack(new Set(acks.map((one) => one.lease_id)));
    },
  };
}
