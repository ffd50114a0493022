/** The port of the Worker: the one that was asked for, or a free one for 0. */
import { createServer } from 'node:net';
import { LOOPBACK } from './data/http.ts';
import { PlatformError } from './problem.ts';

/**
 * Checks that the port can be had, because workerd says it late and less clearly. Between this check and workerd's own
 * listening another program may take it; that is then workerd's error. Throws PlatformError.
 */
export async function choosePort(wanted: number): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const advice = `stop what listens there, or start with another one: PORT=${wanted + 1} npm start`;
      reject(error.code === 'EADDRINUSE' ? new PlatformError(`port ${wanted} is taken: ${advice}`) : error);
    });
    server.listen(wanted, LOOPBACK, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : wanted);
    });
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
