/** The port of the Worker: the one that was asked for, or a free one for 0. */
import { createServer } from 'node:net';
import { LOOPBACK } from './data/http.ts';
import { PlatformError } from './problem.ts';

const TRIES = 10;
/** A workerd whose platform was killed needs some milliseconds to end too. */
const PAUSE_MS = 200;

/** Listens for a moment; the port, or null when somebody has it. */
function tryPort(wanted: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(new PlatformError(`port ${wanted} cannot be used: ${error.message}`));
    });
    server.listen(wanted, LOOPBACK, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      server.close(() => resolve(port));
    });
  });
}

/**
 * Checks that the port can be had, because workerd says it late and less clearly. Between this check and workerd's own
 * listening another program may take it; that is then workerd's error. Throws PlatformError.
 */
export async function choosePort(wanted: number): Promise<number> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const port = await tryPort(wanted);
    if (port !== null) return port;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const advice = `stop what listens there, or start with another one: PORT=${wanted + 1} npm start`;
  throw new PlatformError(`port ${wanted} is taken: ${advice}`);
}
