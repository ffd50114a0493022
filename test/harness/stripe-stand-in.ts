/**
 * The Stripe stand-in for tests that run in workerd: they cannot start a server, so one beside them starts a stand-in for each that
 * asks, with a clock that the test moves. Used as vitest's global setup of the project `worker`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { answerJson, closeServer, listen, readBody } from '../../dev/data/http.ts';
import { startStripe } from '../../dev/stripe/start.ts';
import { standInKey } from './stripe-key.ts';

const bytesMax = 1000;

let stop: () => Promise<void> = async () => {};

/** Starts the manager, and tells tests where it is. */
export async function setup(project: TestProject): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-stand-ins-'));
  const running = new Map<string, { stripe: Awaited<ReturnType<typeof startStripe>>; clock: { now: number } }>();

  async function start(now: number, callsPerSecond: number | null) {
    const clock = { now };
    const id = String(running.size + 1);
    const options = { path: join(folder, `${id}.sqlite`), secretKey: standInKey, now: () => clock.now };
    const stripe = await startStripe({ ...options, callsPerSecond }, () => {});
    running.set(id, { stripe, clock });
    return { id, url: stripe.url };
  }

  async function move(id: string, now: number) {
    const one = running.get(id);
    if (!one) throw new Error(`no stand-in ${id} runs`);
    one.clock.now = now;
    await one.stripe.runDue(now);
    return {};
  }

  const server = createServer(async (request, response) => {
    const [, id = '', what] = (request.url ?? '/').split('/');
    try {
      const asked = JSON.parse(String(await readBody(request, bytesMax))) as { now: number; callsPerSecond?: number };
      const { now, callsPerSecond = null } = asked;
      answerJson(response, 200, what === 'clock' ? await move(id, now) : await start(now, callsPerSecond));
    } catch (error) {
      answerJson(response, 500, { error: String(error) });
    }
  });
  const port = await listen(server);
  project.provide('stripeStandIns', `http://127.0.0.1:${port}`);
  stop = async () => {
    for (const { stripe } of running.values()) await stripe.close();
    await closeServer(server);
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Ends every stand-in that was started. */
export const teardown = (): Promise<void> => stop();
