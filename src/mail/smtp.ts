/**
 * Mail over SMTP, with nodemailer in workerd. A connection a mail: an isolate has no place for one that stays open. `smtps:`
 * is TLS from the beginning; `smtp:` has to go over to TLS before anything is said, but on this very machine.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createTransport } from 'nodemailer';
import { isLoopback } from '../lib/base-url.ts';
import { err, ok } from '../lib/result.ts';
import { secondMs } from '../lib/time.ts';
import type { MailFailure, MailPort } from './port.ts';

const timeoutMs = 10 * secondMs;
const permanent = 500;

export interface Postbox {
  /** `smtps://user:password@host:465`. */
  url: string;
  /** Who sends, an address with or without a name. */
  from: string;
}

let opened: (Postbox & { port: MailPort }) | null = null;

/** The port over a mail server; made once an isolate. */
export function openSmtp(postbox: Postbox): MailPort {
  if (opened?.url !== postbox.url || opened.from !== postbox.from) opened = { ...postbox, port: connect(postbox) };
  return opened.port;
}

function connect({ url, from }: Postbox): MailPort {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const portNumber = Number(port) || (secure ? 465 : 587);
  const transport = createTransport({
    host,
    port: portNumber,
    secure,
    getSocket: (_options, done) => dial({ host, port: portNumber, secure }, done),
    requireTLS: !secure && !isLoopback(hostname),
    ignoreTLS: !secure && isLoopback(hostname),
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, html }, id) {
      const domain = /@([^@\s>]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
      try {
        // An address as an object is not parsed: what looks like two of them stays one.
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${id}@${domain}>`,
        });
        return ok(null);
      } catch (error) {
        return err(failureOf(error));
      }
    },
  };
}

type Dialled = (error: Error | null, socket?: { connection: Socket; secured: boolean }) => void;

/**
 * Connects by the server's name. nodemailer would look the name up itself and connect to the address: workerd then compares
 * the certificate with that, and the look-up asks a public resolver, which knows no name of a private network.
 */
function dial({ host, port, secure }: { host: string; port: number; secure: boolean }, done: Dialled): void {
  const to = { host, port, timeout: timeoutMs };
  const socket = secure ? connectTls({ ...to, servername: host }) : connectTcp(to);
  const late = () => socket.destroy(new Error('no connection in time'));
  socket.once('timeout', late);
  socket.once('error', done);
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    socket.off('timeout', late);
    socket.off('error', done);
    done(null, { connection: socket, secured: secure });
  });
}

/** A 5xx for the mail or its address is for good; one for our sign-in, and everything else, is for us to mend. */
function failureOf(error: unknown): MailFailure {
  const { code = 'unknown', responseCode } = error as { code?: string; responseCode?: number };
  const isOurs = code !== 'EENVELOPE' && code !== 'EMESSAGE';
  const word = `smtp_${responseCode ?? code.toLowerCase()}`;
  return { kind: !isOurs && (responseCode ?? 0) >= permanent ? 'refused' : 'unreachable', code: word };
}
