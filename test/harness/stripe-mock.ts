/**
 * Stripe's own stripe-mock: it judges the parameters of a request by Stripe's OpenAPI and refuses what it does not know. It keeps
 * nothing, so what it answers is an example of the kind, whatever was asked before.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { toolPath } from './tools.ts';

/** Starts it on a free port; `stop` ends it. */
export async function startStripeMock(): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(toolPath('stripe-mock'), ['-http-addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        said += String(data);
        const [, address] = /127\.0\.0\.1:(\d+)/.exec(said) ?? [];
        if (address !== undefined) resolve(`http://127.0.0.1:${address}`);
      });
    }
    ended.then(([code]) => reject(new Error(`stripe-mock ended with ${code}: ${said}`)), reject);
  });
  return {
    url,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
