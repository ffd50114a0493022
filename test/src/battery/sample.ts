/** What a good request of a route is made of (samples.ts has them all). */
import type { Fixture } from './fixture.ts';

export interface Sample {
  /** Fills the path's parameters. */
  params?: (f: Fixture) => Record<string, string>;
  query?: string;
  body?: (f: Fixture) => unknown;
  /** A field of the body and a value of the wrong type for it. */
  wrongType?: Record<string, unknown>;
  /** Usage bodies come from exporters that may be newer: unknown fields are ignored there, not refused. */
  toleratesUnknownFields?: true;
}
