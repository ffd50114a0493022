/**
 * What the provisioner's simulation leaves behind, one file per namespace, and what the embedded platform reads there to
 * run an exporter over simulated metrics, and an application. Holds the reporters' keys: mode 0600, never shown.
 */
import { z } from 'zod';
import { namespace } from './common.ts';
import { phase } from './jobs.ts';

/** A stretch in which the namespace's pods were there; `until` null while they are. */
const run = z.object({ from: z.iso.datetime(), until: z.iso.datetime().nullable() });

/** `{namespace}.json`. A deleted namespace has no file. */
export const simulatedNamespace = z.object({
  customer_id: z.string(),
  reporter_id: z.string(),
  api_key: z.string(),
  /** The application's reporter. Absent in files of an older version, and where an admin's reporter has its name. */
  application: z.object({ reporter_id: z.string(), api_key: z.string() }).optional(),
  phase,
  /** The namespace's exporter runs. Absent in files of an older version: it runs while the phase is running. */
  metering: z.boolean().optional(),
  namespace,
  /** In order of time; the last one is open while the phase is running. */
  runs: z.array(run).default([]),
});
export type SimulatedNamespace = z.infer<typeof simulatedNamespace>;
