/**
 * The example instance of the oldest customer whose stack runs in the simulated cluster: something real to look at, whose
 * licence and usage are that customer's. Follows the cluster as the exporters do; ended while the clock is moved.
 */
import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { minuteMs, secondMs } from '../../src/lib/time.ts';
import { shifted } from '../clock/program.ts';
import { call } from '../cluster/local.ts';
import { LOOPBACK } from '../data/http.ts';
import { type Namespace, namespaceReader } from '../metering/namespaces.ts';
import { PlatformError, reasonOf } from '../problem.ts';
import { tiedToUs } from '../processes/lifetime.ts';
import { type Pausable, pausable } from '../processes/pausable.ts';
import { supervise } from '../processes/supervised.ts';
import { instanceProgram } from './program.ts';

const bundler = fileURLToPath(new URL('../../examples/instance/bundle.ts', import.meta.url));
/** Among the project's packages, where PGlite is found. */
const bundleFile = fileURLToPath(new URL('../../node_modules/.cache/tenantry/instance.mjs', import.meta.url));
const pollMs = secondMs;
const troubleMs = 30 * secondMs;
/** The provisioner registers the deployment's reporters a moment after it writes the namespace. */
const settledMs = 2 * secondMs;
/** The first start makes a database. */
const readyMsMax = 3 * minuteMs;

const customerView = z.object({ customer: z.object({ company_name: z.string() }) });

export interface InstanceOptions {
  dataDir: string;
  api: { url: string; token: string };
  publicUrl: string;
  port: number;
  env: Record<string, string | undefined>;
  clock: { told: () => { offset_ms: number } };
}

/** Made beside its place and moved there whole: two platforms may start at once. */
async function bundled(): Promise<string> {
  const draft = `${bundleFile}.${process.pid}`;
  const [command, args] = tiedToUs(process.execPath, [bundler, draft]);
  await promisify(execFile)(command, args, { timeout: minuteMs, env: { PATH: process.env['PATH'] } });
  await rename(draft, bundleFile);
  return bundleFile;
}

const isRunning = ({ runs }: Namespace): boolean => runs.at(-1)?.endMs === Number.POSITIVE_INFINITY;
const isSettled = ({ changedMs }: Namespace): boolean => Date.now() - changedMs >= settledMs;

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  for (const deadlineMs = Date.now() + readyMsMax; Date.now() < deadlineMs && !signal.aborted; ) {
    const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(pollMs) }).catch(() => null);
    if (answer?.ok) return true;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

/** Prepares it; resumed, the instance follows the cluster, none before there is a customer. */
export function followFirstCustomer(options: InstanceOptions, log: (line: string) => void): Pausable {
  const { dataDir, api, port, env, clock } = options;
  const namespaces = namespaceReader(join(dataDir, 'simulated-cluster'));
  const url = `http://${LOOPBACK}:${port}`;
  let entry: string | null = null;

  const start = async ({ name, customerId, applicationKey: apiKey }: Namespace) => {
    const shortId = name.replace(/^customer-/, '');
    if (apiKey === null) throw new PlatformError(`${name} has no reporter app-${shortId} of its deployment`);
    entry ??= await bundled();
    const { customer } = customerView.parse(await call(api, 'GET', `/api/customers/${customerId}`));
    const settings = { entry, dataDir, billingApiUrl: api.url, publicUrl: options.publicUrl, port, env };
    const program = instanceProgram(settings, { customerId, shortId, apiKey, companyName: customer.company_name });
    // It is an example: nothing else needs it.
    const goOn = (reason: PlatformError) => log(`${program.name} cannot run, the rest goes on: ${reason.message}`);
    return await supervise(shifted(program, clock.told().offset_ms), log, goOn);
  };

  return pausable(async () => {
    const ending = new AbortController();
    let told: string | null = null;
    let running: { name: string; applicationKey: string | null; stop: () => Promise<void> } | null = null;

    const pass = async (): Promise<void> => {
      const wanted = namespaces().find(isRunning);
      // A key that was revoked is replaced by the next job: the instance starts anew with the other one.
      if (running?.name === wanted?.name && running?.applicationKey === wanted?.applicationKey) return;
      const last = running;
      running = null;
      await last?.stop();
      if (wanted === undefined || !isSettled(wanted)) return;
      const child = await start(wanted);
      running = { name: wanted.name, applicationKey: wanted.applicationKey, stop: child.stop };
      const isThere = await isReady(url, ending.signal);
      if (!ending.signal.aborted) log(`instance ${wanted.name} | ${isThere ? 'runs' : 'does not answer'}: ${url}`);
    };

    const watch = async (): Promise<void> => {
      while (!ending.signal.aborted) {
        const pauseMs = await pass().then(
          () => {
            told = null;
            return pollMs;
          },
          (error: unknown) => {
            const reason = reasonOf(error);
            if (reason !== told) log(`instance: ${reason}`);
            told = reason;
            return troubleMs;
          },
        );
        await sleep(pauseMs, undefined, { signal: ending.signal }).catch(() => undefined);
      }
    };

    const watched = watch();
    return {
      async stop(): Promise<void> {
        ending.abort();
        await watched;
        await running?.stop();
        running = null;
      },
    };
  });
}
