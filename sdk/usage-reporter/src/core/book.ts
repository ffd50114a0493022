/**
 * The ledger with its journal: every change is applied at once and written with the next flush. Owns what is durable by now,
 * and when the journal is made anew. A flush that fails loses nothing: what it had to write is written by the next one.
 */
import { lineOf, replay } from './journal.ts';
import { apply, type Entry, entriesOf, type Ledger } from './ledger.ts';
import type { Store } from './store.ts';
import type { OpenWindow } from './window.ts';

/** A journal below this is not worth making anew. */
const rewriteBytesMin = 256 * 1024;
/** It is made anew when it is so many times what it says. */
const rewriteTimes = 4;

export interface Book {
  ledger: Ledger;
  /** Lines that could not be read. */
  damaged: number;
  /** Applies a change and writes it with the next flush. */
  record(entry: Entry): void;
  /** Says that a window has changed. */
  touch(window: OpenWindow): void;
  isChanged(): boolean;
  /** Whether the window's report is on disk: before that it must not be sent, or a kill would send another one later. */
  isDurable(startMs: number): boolean;
  /** Writes all changes. Rejects when the store does. */
  flush(atMs: number, stopped?: boolean): Promise<void>;
  /** The same while the process ends. */
  flushNow(atMs: number): void;
}

export async function openBook(store: Store): Promise<Book> {
  const { ledger, damaged } = replay(await store.open());
  let unwritten: Entry[] = [];
  let touched = new Set<number>();
  let bytes = Number.POSITIVE_INFINITY;
  let bytesMax = 0;
  let flushing: Promise<void> = Promise.resolve();

  const entries = (atMs: number, stopped: boolean): Entry[] => {
    const windows = [...touched].flatMap((startMs): Entry[] => {
      const window = ledger.open.get(startMs);
      return window ? [{ kind: 'window', window }] : [];
    });
    apply(ledger, { kind: 'at', atMs, stopped });
    return [...unwritten, ...windows, { kind: 'at', atMs, stopped }];
  };

  const write = async (atMs: number, stopped: boolean): Promise<void> => {
    const [writtenNow, touchedNow] = [unwritten.length, touched];
    const added = entries(atMs, stopped).map(lineOf);
    const anew = bytes > bytesMax ? entriesOf(ledger).map(lineOf) : null;
    touched = new Set();
    try {
      await (anew ? store.rewrite(anew) : store.append(added));
    } catch (cause) {
      for (const startMs of touchedNow) touched.add(startMs);
      throw cause;
    }
    unwritten = unwritten.slice(writtenNow);
    if (anew) bytes = 0;
    const size = (anew ?? added).reduce((sum, line) => sum + line.length, 0);
    if (anew) bytesMax = Math.max(rewriteBytesMin, size * rewriteTimes);
    else bytes += size;
  };

  return {
    ledger,
    damaged,
    record: (entry) => {
      apply(ledger, entry);
      unwritten.push(entry);
    },
    touch: (window) => void touched.add(window.startMs),
    isChanged: () => unwritten.length > 0 || touched.size > 0,
    isDurable: (startMs) => !unwritten.some((entry) => entry.kind === 'closed' && entry.startMs === startMs),
    flush: (atMs, stopped = false) => {
      const next = flushing.then(() => write(atMs, stopped));
      flushing = next.catch(() => undefined);
      return next;
    },
    flushNow: (atMs) => store.appendNow?.(entries(atMs, true).map(lineOf)),
  };
}
