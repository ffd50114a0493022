/** A journal in memory: for tests, and where nothing may be written. It ends with the process, and a gap says so. */
import type { Store } from './core/store.ts';

export function memoryStore(): Store {
  let lines: string[] = [];
  return {
    open: async () => [...lines],
    append: async (added) => {
      lines.push(...added);
    },
    rewrite: async (all) => {
      lines = [...all];
    },
    appendNow: (added) => {
      lines.push(...added);
    },
    close: async () => undefined,
  };
}
