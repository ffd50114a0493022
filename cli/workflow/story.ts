/** How the sign-up workflow tells what happens: a line an event for people, a JSON object a line for programs. */

import { seconds } from '../format/amounts.ts';
import { jsonText, oneLine } from '../text.ts';
import type { World } from '../world.ts';

export type StepName = 'signup' | 'licence' | 'job' | 'deployment' | 'reporter' | 'usage' | 'cost' | 'failed';

export interface StoryEvent {
  step: StepName;
  /** For people, one line. */
  message: string;
  /** Further lines for people, e.g. a table. */
  lines?: readonly string[];
  /** For programs. */
  data?: Record<string, unknown>;
}

export type Tell = (event: StoryEvent) => void;

const stepWidth = 10;
const timeWidth = 8;

/** `   1.2 s  signup      …`: seconds since the start, the step, what happened. */
function eventLines(event: StoryEvent, elapsedMs: number): string[] {
  const head = `${seconds(elapsedMs).padStart(timeWidth)}  ${event.step.padEnd(stepWidth)}  ${oneLine(event.message)}`;
  return [head, ...(event.lines ?? [])];
}

/** Tells on stdout as it happens. In JSON the lines for people are left out: they are made from the data. */
export function storyOf(world: World, json: boolean): Tell {
  const startedAt = world.now();
  return (event) => {
    const elapsedMs = world.now() - startedAt;
    if (json) {
      const { step, message, data } = event;
      world.out(jsonText({ step, elapsed_ms: elapsedMs, message, ...data }));
      return;
    }
    for (const line of eventLines(event, elapsedMs)) world.out(line);
  };
}
