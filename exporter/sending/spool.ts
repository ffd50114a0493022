/**
 * Reports on disk between "computed" and "the API has it for good": one file a window. A write that is cut off leaves none.
 * `pending` waits to be sent, `sent` waits for its second look, `rejected` was refused for good and is for people.
 * Cannot keep what the disk does not: on a volume that goes with the pod, windows are computed again from the API's cursor.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { usageReport, type WindowReport } from '../../src/contracts/usage.ts';

export type Shelf = 'pending' | 'sent' | 'rejected';

export interface Spool {
  /** Window starts on a shelf, oldest first, at most `limit`. */
  list(shelf: Shelf, limit?: number): number[];
  /** The window's report; null when there is none or its file was damaged. */
  read(shelf: Shelf, startMs: number): WindowReport | null;
  /** Writes durably; a report of the same window on that shelf is replaced. */
  put(shelf: Shelf, report: WindowReport, why?: string): void;
  drop(shelf: Shelf, startMs: number): void;
  /** Puts a report on another shelf; a full disk has room for that. */
  move(from: Shelf, to: Shelf, startMs: number): void;
  /** Whether no more should be computed until some are sent. */
  isFull(): boolean;
}

/** Hourly windows of 80 days; minutes of more than a day. What does not fit stays in Prometheus until there is room. */
const pendingMax = 2000;
const rejectedMax = 1000;
const shelves: Shelf[] = ['pending', 'sent', 'rejected'];

export function openSpool(folder: string): Spool {
  for (const shelf of shelves) mkdirSync(join(folder, shelf), { recursive: true });
  const fileOf = (shelf: Shelf, startMs: number): string => join(folder, shelf, `${startMs}.json`);
  const list = (shelf: Shelf, limit = Number.POSITIVE_INFINITY): number[] =>
    readdirSync(join(folder, shelf))
      .flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
      .sort((a, b) => a - b)
      .slice(0, limit);
  const drop = (shelf: Shelf, startMs: number): void => rmSync(fileOf(shelf, startMs), { force: true });
  return {
    list,
    drop,
    move: (from, to, startMs) => renameSync(fileOf(from, startMs), fileOf(to, startMs)),
    read: (shelf, startMs) => readReport(fileOf(shelf, startMs), startMs),
    put: (shelf, report, why) => {
      const startMs = Date.parse(report.window_start ?? '');
      writeDurably(join(folder, shelf), fileOf(shelf, startMs), JSON.stringify(why ? { why, report } : report));
      if (shelf !== 'rejected') return;
      const kept = list('rejected');
      for (const old of kept.slice(0, Math.max(0, kept.length - rejectedMax))) drop('rejected', old);
    },
    isFull: () => list('pending').length >= pendingMax,
  };
}

function readReport(file: string, startMs: number): WindowReport | null {
  try {
    const { data } = usageReport.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return data?.window_start && Date.parse(data.window_start) === startMs ? (data as WindowReport) : null;
  } catch {
    return null;
  }
}

function writeDurably(folder: string, file: string, text: string): void {
  const draft = `${file}.draft`;
  const handle = openSync(draft, 'w', 0o600);
  try {
    // Unlike writeSync it goes on after a short write, and so hears that the disk is full.
    writeFileSync(handle, text);
    fsyncSync(handle);
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw cause;
  } finally {
    closeSync(handle);
  }
  const directory = openSync(folder, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
