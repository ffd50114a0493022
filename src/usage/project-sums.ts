/** What namespaces used in the buckets of a cut (cut.ts), as shards say it. Types only; pure. */

/** A namespace, and a customer whose reporters measure it, by number. */
export interface Measured {
  customerSeq: number;
  projectSeq: number;
}

/** What a namespace used in a bucket, as one reporter has it. */
export interface ProjectSum {
  projectSeq: number;
  reporterSeq: number;
  /** Place in the cut. */
  bucket: number;
  /** The end of the newest window, ms; of a day that an older version has rolled up, the day's end. */
  lastEnd: number;
  /** Whether every window was seen whole. */
  complete: boolean;
  /** The time of its windows; null where an older version has rolled up a day. */
  coveredMs: number | null;
  /** Base units in the order of the columns that were asked for; null was never reported. */
  units: (bigint | null)[];
}
