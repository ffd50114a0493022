/** What a good request of a route is made of (samples.ts has them all). */
import type { Fixture } from './fixture.ts';

export interface Sample {
  /** Fills the path's parameters. */
  params?: (f: Fixture) => Record<string, string>;
  query?: string;
  body?: (f: Fixture) => unknown;
  /** What is sent where the body is taken as it comes: its text and its headers. */
  raw?: () => { raw: string; headers: Record<string, string> };
  /** What the route needs of the environment beside what tests have. */
  bindings?: Record<string, unknown>;
  /** A field of the body and a value of the wrong type for it. */
  wrongType?: Record<string, unknown>;
  /** Usage bodies come from exporters that may be newer: unknown fields are ignored there, not refused. */
  toleratesUnknownFields?: true;
}
