/**
 * The mailbox of this machine: a mail server that takes every mail and keeps it as an `.eml` file, which mail programs open.
 * It sends nothing on. The Worker hands mail in as it does anywhere, over SMTP.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { LOOPBACK } from '../data/http.ts';

const MAIL_BYTES_MAX = 1_000_000;

/** Listens on loopback, on a port of its own at every start. */
export async function startMailbox(dataDir: string, log: (line: string) => void) {
  const folder = join(dataDir, 'mail');
  mkdirSync(folder, { recursive: true });
  let received = 0;

  function keep(mail: Buffer, to: string): void {
    received += 1;
    const name = `${new Date().toISOString().replace(/[:.]/g, '-')}-${received}.eml`;
    const path = join(folder, name);
    // Whoever reads the folder sees whole mails only.
    writeFileSync(`${path}.part`, mail);
    renameSync(`${path}.part`, path);
    log(`mail to ${to}: ${path}`);
  }

  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    size: MAIL_BYTES_MAX,
    onData(stream, { envelope }, done) {
      buffer(stream).then((mail) => {
        keep(mail, envelope.rcptTo.map(({ address }) => address).join(', '));
        done();
      }, done);
    },
  });
  server.on('error', (error) => log(`mailbox: ${error.message}`));
  const listening = await new Promise<AddressInfo>((resolve, reject) => {
    server.once('error', reject);
    const listener = server.listen(0, LOOPBACK, () => resolve(listener.address() as AddressInfo));
  });
  return {
    url: `smtp://${LOOPBACK}:${listening.port}`,
    folder,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
