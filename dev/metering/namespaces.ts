/** Reads the simulated cluster's folder: which namespaces there are, whose, and when they ran. Never writes there. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type SimulatedNamespace, simulatedNamespace } from '../../src/contracts/simulated-cluster.ts';

/** Half open, ms; `endMs` is infinite while it runs. */
export type Run = { startMs: number; endMs: number };

export type Namespace = {
  name: string;
  customerId: string;
  /** The exporter's. */
  apiKey: string;
  /** The application's; null where the deployment has no such reporter. */
  applicationKey: string | null;
  /** The namespace's exporter runs. */
  metering: boolean;
  /** When the namespace's pods ran, in order of time. */
  runs: Run[];
  /** When the file was last written, ms. */
  changedMs: number;
};

/** A namespace of files that were written before runs were kept: it runs since its file says so. */
const runsOf = ({ phase, runs }: SimulatedNamespace, changedMs: number): Run[] => {
  if (runs.length === 0) return phase === 'running' ? [{ startMs: changedMs, endMs: Number.POSITIVE_INFINITY }] : [];
  return runs.map(({ from, until }) => ({
    startMs: Date.parse(from),
    endMs: until === null ? Number.POSITIVE_INFINITY : Date.parse(until),
  }));
};

function read(path: string, changedMs: number): Namespace | null {
  try {
    const state = simulatedNamespace.parse(JSON.parse(readFileSync(path, 'utf8')));
    return {
      name: state.namespace,
      customerId: state.customer_id,
      apiKey: state.api_key,
      applicationKey: state.application?.api_key ?? null,
      metering: state.metering ?? state.phase === 'running',
      runs: runsOf(state, changedMs),
      changedMs,
    };
  } catch {
    return null; // not one of the provisioner's files, or one that has just gone
  }
}

/** A reader that parses a file again only when it was replaced; answers the namespaces by age, the oldest first. */
export function namespaceReader(folder: string): () => Namespace[] {
  let known = new Map<string, { version: string; namespace: Namespace | null }>();
  return () => {
    const now: typeof known = new Map();
    for (const file of files(folder)) {
      const stat = statSync(join(folder, file), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      const version = `${stat.ino} ${stat.mtimeMs}`;
      const last = known.get(file);
      now.set(file, last?.version === version ? last : { version, namespace: read(join(folder, file), stat.mtimeMs) });
    }
    known = now;
    const namespaces = [...known.values()].flatMap(({ namespace }) => namespace ?? []);
    return namespaces.toSorted((a, b) => began(a) - began(b) || a.name.localeCompare(b.name));
  };
}

const began = ({ runs }: Namespace): number => runs[0]?.startMs ?? Number.POSITIVE_INFINITY;

function files(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // nothing was deployed yet
    throw error;
  }
}
