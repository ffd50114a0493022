/** A store that forgets: for tests. An instance that uses it begins its seven days anew with each start. */
import type { GuardStore } from './core/record.ts';

export function memoryStore(text: string | null = null): GuardStore {
  let kept = text;
  return {
    read: async () => kept,
    write: async (next) => {
      kept = next;
    },
  };
}
