/** The ends of what has been started, called in the reverse order of starting. */
import { PlatformError, reasonOf } from './problem.ts';

/** Whatever a part still does after this is not worth waiting for: what was accepted is on the disk. */
const STEP_MS_MAX = 15_000;

async function withinTime(stop: () => void | Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new PlatformError(`it takes more than ${STEP_MS_MAX} ms`)), STEP_MS_MAX);
  });
  try {
    await Promise.race([stop(), late]);
  } finally {
    clearTimeout(timer);
  }
}

export function undoStack(log: (line: string) => void) {
  const steps: { name: string; stop: () => void | Promise<void> }[] = [];
  return {
    push: (name: string, stop: () => void | Promise<void>): void => {
      steps.push({ name, stop });
    },
    /** Ends everything, each step after the one before; one that fails is logged and does not keep the rest. */
    run: async (): Promise<void> => {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await withinTime(step.stop);
        } catch (error) {
          log(`ending the ${step.name}: ${reasonOf(error)}`);
        }
      }
    },
  };
}
