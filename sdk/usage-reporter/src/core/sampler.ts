/**
 * Asks the application how many devices there are, or how large its database is, at intervals and at the start of each
 * window. An answer that fails, or takes too long, is none; too long without one is said to be unseen.
 */
import type { Clock } from './clock.ts';
import { boundOf, type Field } from './fields.ts';

export type Samples = Partial<Record<Field, number>>;

export interface Sampler {
  /** The last answer, while it can be believed: how long ago it may be is the reporter's to know. */
  last(): { samples: Samples; ageMs: number };
  /** Asks when it is time to, or at once. The promise is over when the answer is there; never rejects. */
  ask(now: boolean, onAnswer: (samples: Samples) => void): void;
}

export interface SamplerOptions {
  call: () => Samples | Promise<Samples>;
  everyMs: number;
  timeoutMs: number;
  clock: Clock;
  onFailure: (message: string) => void;
}

const isUsable = (samples: Samples): boolean =>
  Object.entries(samples).every(
    ([field, value]) => Number.isFinite(value) && value >= 0 && value <= boundOf[field as Field],
  );

export function createSampler({ call, everyMs, timeoutMs, clock, onFailure }: SamplerOptions): Sampler {
  let answer: Samples = {};
  let answeredAt = clock.monotonic();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking = false;

  const answerOf = async (): Promise<Samples> => {
    const late = clock
      .sleep(timeoutMs, () => undefined)
      .then((): Samples => {
        throw new Error(`no answer within ${timeoutMs} ms`);
      });
    const samples = await Promise.race([Promise.resolve().then(call), late]);
    if (!isUsable(samples)) throw new Error(`not a usable number: ${JSON.stringify(samples)}`);
    return samples;
  };

  const run = async (onAnswer: (samples: Samples) => void): Promise<void> => {
    try {
      const samples = await answerOf();
      answer = samples;
      answeredAt = clock.monotonic();
      onAnswer(samples);
    } catch (cause) {
      onFailure(cause instanceof Error ? cause.message : String(cause));
    } finally {
      asking = false;
    }
  };

  return {
    last: () => ({ samples: answer, ageMs: clock.monotonic() - answeredAt }),
    ask: (now, onAnswer) => {
      if (asking || (!now && clock.monotonic() - askedAt < everyMs)) return;
      asking = true;
      askedAt = clock.monotonic();
      void run(onAnswer);
    },
  };
}
