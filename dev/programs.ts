/**
 * The programs beside the Worker, the provisioner, the exporters and an instance: when they run, which the clock decides too, and what a
 * demo does before they begin.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadyLine } from '../src/contracts/ready.ts';
import type { EmbeddedClock } from './clock/clock.ts';
import type { ClockControl } from './clock/control.ts';
import { shifted } from './clock/program.ts';
import { writePrivateJson } from './data/private-file.ts';
import { demoFilling } from './demo/fill.ts';
import { followFirstCustomer } from './instance/start.ts';
import { startMetering } from './metering/start.ts';
import { PlatformError } from './problem.ts';
import { pausable } from './processes/pausable.ts';
import { supervise } from './processes/supervised.ts';
import { provisionerProgram } from './provisioner.ts';
import type { Settings } from './settings.ts';

type Env = Record<string, string | undefined>;
type OnStop = (name: string, stop: () => void | Promise<void>) => void;

/** How long `ready` waits for the provisioner's first line, after which it does not refuse its configuration. */
const FIRST_LINE_MS_MAX = 30_000;
/** What the simulated cluster does while the demo is filled. */
const AT_ONCE = { SIMULATED_JOB_MS: '0', LOG_LEVEL: 'warn' };
/** Log levels that keep that line back. */
const QUIET = ['warn', 'error', 'fatal', 'silent'];

/** Starts it where the clock runs, and waits for its first line. Throws PlatformError when it refuses what it was given. */
async function startProvisioner(
  control: ClockControl,
  start: () => ReturnType<typeof supervise>,
  failed: Promise<PlatformError>,
  waitMs: number,
): Promise<void> {
  let firstLine: Promise<unknown> = Promise.resolve();
  const runs = pausable(async () => {
    const child = await start();
    firstLine = child.firstLine;
    return child;
  });
  await control.add(runs);
  const refusal = await Promise.race([firstLine, failed, sleep(waitMs, undefined, { ref: false })]);
  if (refusal instanceof PlatformError) throw refusal;
}

/** What the platform's programs are started with. */
interface Running {
  env: Env;
  ready: ReadyLine;
  /** As licences name it. */
  publicUrl: string;
  clock: EmbeddedClock;
  control: ClockControl;
}

/** Starts the provisioner, the exporters and the first customer's instance. @returns what begins to fill the demo, where there is one */
export async function startPrograms(
  { dataDir, provisioner, exporters, demo }: Settings,
  { env, ready, publicUrl, clock, control }: Running,
  log: (line: string) => void,
  onStop: OnStop,
  { failed, onRefused }: { failed: Promise<PlatformError>; onRefused: (error: PlatformError) => void },
): Promise<() => void> {
  let isFilling = demo;
  if (provisioner !== null) {
    const start = () => {
      const program = provisionerProgram(provisioner, ready, dataDir, isFilling ? { ...env, ...AT_ONCE } : env);
      return supervise(shifted(program, clock.told().offset_ms), log, onRefused);
    };
    const waitMs = demo || QUIET.includes(env['LOG_LEVEL'] ?? '') ? 0 : FIRST_LINE_MS_MAX;
    log('starting the provisioner');
    await startProvisioner(control, start, failed, waitMs);
  }
  const metering = await startMetering(
    { dataDir, billingApiUrl: ready.url, exporters, env, clock, onRefused },
    log,
    onStop,
  );
  const instance =
    ready.instance_url === null
      ? null
      : followFirstCustomer(
          {
            dataDir,
            api: { url: ready.url, token: ready.admin_token },
            publicUrl,
            port: Number(new URL(ready.instance_url).port),
            env,
            clock,
          },
          log,
        );
  const meter = async (): Promise<void> => {
    for (const part of [metering, instance]) if (part !== null) await control.add(part);
  };
  if (!demo) await meter();
  // Before what they ask.
  onStop('programs', control.stop);
  writePrivateJson(join(dataDir, 'ready.json'), ready);
  if (!demo) return () => {};
  const filled = async (): Promise<void> => {
    isFilling = false;
    const arrived = await control.order({ to: 'real' });
    if (!arrived.ok) throw new PlatformError(arrived.error.message);
    await meter();
  };
  const filling = demoFilling({ ready, publicUrl, dataDir, from: clock.now(), filled, onRefused }, log);
  onStop('demo', filling.stop);
  return filling.begin;
}
