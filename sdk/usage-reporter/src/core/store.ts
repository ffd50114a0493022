/** Where the journal is kept: the port of the reporter. file-store.ts is one on disk, memoryStore one that ends with the process. */

export interface Store {
  /**
   * Takes the journal for this process and reads it, oldest line first.
   * Rejects with `StoreBusy` while another process has it, and with any other error when it cannot be had at all.
   */
  open(): Promise<string[]>;
  /** Adds lines; they are durable when it resolves. A line that was not added whole is recognised when it is read. */
  append(lines: readonly string[]): Promise<void>;
  /** Puts these lines in the place of all others, at once: a kill leaves the old ones or the new ones. */
  rewrite(lines: readonly string[]): Promise<void>;
  /** Adds lines while the process ends and nothing asynchronous runs any more. Absent: what is not flushed then is lost. */
  appendNow?(lines: readonly string[]): void;
  close(): Promise<void>;
}

/** Another process has the journal: two that report as one instance would each replace what the other one said. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
}
