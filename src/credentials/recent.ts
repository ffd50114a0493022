/** What was read within the last moment, in one isolate. Bounded in time and in number. */

/** Keys are revocable within a second (spec §2): this, and the time that a request may run on. */
export const freshMs = 900;
const entriesMax = 1000;

export interface Recent<T> {
  /** The value that was read for the key at most 900 ms ago. */
  get: (key: string, now: number) => T | null;
  /** Remembers what was read at `readAt`, the time before the read began. */
  set: (key: string, value: T, readAt: number) => void;
}

export function recent<T>(): Recent<T> {
  const entries = new Map<string, { value: T; readAt: number }>();
  return {
    get(key, now) {
      const entry = entries.get(key);
      // A clock that was set back makes an entry of the future: it is not fresh either.
      return entry && now >= entry.readAt && now - entry.readAt < freshMs ? entry.value : null;
    },
    set(key, value, readAt) {
      if (entries.size >= entriesMax) entries.clear();
      entries.set(key, { value, readAt });
    },
  };
}
