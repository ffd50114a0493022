/**
 * One exporter per metered namespace of the simulated cluster: started one after another, ended when the namespace is
 * deleted or suspended and its last window reported, started anew with another key. Owns which run; each keeps its own state (API's cursor, spool).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { secondMs } from '../../src/lib/time.ts';
import { LOOPBACK } from '../data/http.ts';
import { choosePort } from '../free-port.ts';
import { type PlatformError, reasonOf } from '../problem.ts';
import { supervise } from '../processes/supervised.ts';
import { type ExporterSettings, exporterProgram } from './exporter.ts';
import type { Namespace } from './namespaces.ts';

const pollMs = secondMs;
const troubleMs = 30 * secondMs;
/** The provisioner writes the key first and registers it then: an exporter that is quicker would be refused at first. */
const settledMs = 2 * secondMs;
const healthMsMax = 15 * secondMs;
const healthPauseMs = 100;

type Running = { identity: string; stop: () => Promise<void> };

const identityOf = ({ customerId, apiKey }: Namespace): string => `${customerId} ${apiKey}`;

/**
 * @param most how many at once; the oldest namespaces have them
 * @param onRefused an exporter cannot run with what it was given
 */
export function startExporters(
  settings: ExporterSettings,
  namespaces: () => Namespace[],
  most: number,
  log: (line: string) => void,
  onRefused: (reason: PlatformError) => void,
) {
  const running = new Map<string, Running>();
  const ending = new AbortController();
  let tooMany = false;

  const chosen = (): Map<string, Namespace> => {
    const all = namespaces().filter((namespace) => namespace.metering);
    if (all.length > most && !tooMany)
      log(`metering: ${all.length} namespaces are metered, the ${most} oldest have an exporter`);
    tooMany = all.length > most;
    return new Map(all.slice(0, most).map((namespace) => [namespace.name, namespace]));
  };

  const end = async (name: string, { stop }: Running): Promise<void> => {
    running.delete(name);
    await stop();
  };

  const start = async (namespace: Namespace): Promise<void> => {
    const port = await choosePort(0);
    const program = await exporterProgram(settings, namespace, port);
    const child = await supervise(program, log, onRefused);
    running.set(namespace.name, { identity: identityOf(namespace), stop: child.stop });
    const url = `http://${LOOPBACK}:${port}`;
    if (await healthy(url, ending.signal)) log(`${program.name} | runs: ${url}/metrics`);
  };

  /** Ends all that should not run and starts one that should, so that a long line of starts keeps no end waiting. */
  const pass = async (): Promise<void> => {
    const wanted = chosen();
    const unwanted = [...running].filter(([name, { identity }]) => {
      const namespace = wanted.get(name);
      return namespace === undefined || identityOf(namespace) !== identity;
    });
    await Promise.all(unwanted.map(([name, one]) => end(name, one)));
    const next = [...wanted.values()].find(
      ({ name, changedMs }) => !running.has(name) && Date.now() - changedMs >= settledMs,
    );
    if (next !== undefined) await start(next);
  };

  const watch = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const pauseMs = await pass().then(
        () => pollMs,
        (error: unknown) => {
          log(`metering: ${reasonOf(error)}`);
          return troubleMs;
        },
      );
      await sleep(pauseMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  };

  const watched = watch();
  return {
    async stop(): Promise<void> {
      ending.abort();
      await watched;
      await Promise.all([...running].map(([name, one]) => end(name, one)));
    },
  };
}

/** Whether it answers within some seconds; the next one waits for that, because twenty at once would starve the rest. */
async function healthy(url: string, signal: AbortSignal): Promise<boolean> {
  for (const deadlineMs = Date.now() + healthMsMax; Date.now() < deadlineMs && !signal.aborted; ) {
    const answered = await fetch(`${url}/health`, { signal: AbortSignal.timeout(secondMs) }).catch(() => null);
    if (answered?.ok) return true;
    await sleep(healthPauseMs);
  }
  return false;
}
