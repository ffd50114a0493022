/** Sends prepared bodies as fast as the other side takes them, over kept connections. */
import { Pool } from 'undici';

export type Load = {
  url: string;
  path: string;
  /** Used in turn. */
  keys: readonly string[];
  bodies: readonly string[];
  connections: number;
};

/** Seconds that all bodies took. Throws at the first answer that is not `expected`. */
export async function sendAll(load: Load, expected: number): Promise<number> {
  const pool = new Pool(load.url, { connections: load.connections });
  const type = { 'content-type': 'application/json' };
  const headers = load.keys.map((key) => ({ authorization: `Bearer ${key}`, ...type }));
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < load.bodies.length; n = next++) {
      const as = headers[n % headers.length] ?? type;
      const answer = await pool.request({ path: load.path, method: 'POST', headers: as, body: load.bodies[n] ?? '' });
      const text = await answer.body.text();
      if (answer.statusCode !== expected)
        throw new Error(`${load.path} answered ${answer.statusCode}: ${text.slice(0, 300)}`);
    }
  };
  const started = performance.now();
  try {
    await Promise.all(Array.from({ length: load.connections }, worker));
    return (performance.now() - started) / 1000;
  } finally {
    await pool.close();
  }
}
