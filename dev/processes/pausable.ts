/** Something that is ended while the clock is moved, and started again after that. */

export type Pausable = { pause: () => Promise<void>; resume: () => Promise<void> };

/** @param start starts it under the clock of that moment */
export function pausable(start: () => Promise<{ stop: () => Promise<void> }>): Pausable {
  let running: { stop: () => Promise<void> } | null = null;
  return {
    async resume() {
      running ??= await start();
    },
    async pause() {
      const ended = running;
      running = null;
      await ended?.stop();
    },
  };
}
