/** What has to be ended, in the reverse of the order in which it was started. */
import { reasonOf } from './problem.ts';

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
          await step.stop();
        } catch (error) {
          log(`ending the ${step.name}: ${reasonOf(error)}`);
        }
      }
    },
  };
}
