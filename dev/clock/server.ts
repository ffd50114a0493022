/** The clock's HTTP on loopback: GET reads it, POST moves it, with the token of the ready line. What is allowed is control.ts's. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { clockMove } from '../../src/contracts/embedded-clock.ts';
import { answerJson, closeServer, LOOPBACK, listen, readBody } from '../data/http.ts';
import type { ClockControl } from './control.ts';

const bodyBytesMax = 10_000;

type Answered = { status: number; body: unknown };
const refuse = (status: number, message: string): Answered => ({ status, body: { message } });

function knows(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function answer(control: ClockControl, token: string, request: IncomingMessage): Promise<Answered> {
  if (!knows(request, token)) return refuse(401, 'the token is in ready.json: clock_token');
  if (request.url !== '/') return refuse(404, 'there is only /');
  if (request.method === 'GET') return { status: 200, body: control.answer() };
  if (request.method !== 'POST') return refuse(405, 'GET or POST it');
  const body = await readBody(request, bodyBytesMax);
  if (body === null) return refuse(413, 'the body is too long');
  const move = clockMove.safeParse(json(body));
  if (!move.success) return refuse(422, z.prettifyError(move.error).replace(/\s+/g, ' '));
  const ordered = await control.order(move.data);
  return ordered.ok ? { status: 200, body: ordered.value } : refuse(ordered.error.status, ordered.error.message);
}

/** Serves it on loopback; `port` is tried first. */
export async function startClockServer(
  control: ClockControl,
  { token, port }: { token: string; port: number | undefined },
  log: (line: string) => void,
) {
  const server = createServer((request, response) => {
    answer(control, token, request)
      .catch((error: unknown) => {
        log(`clock: ${String(error)}`);
        return refuse(500, 'the clock could not be moved; the log says why');
      })
      .then(({ status, body }) => answerJson(response, status, body))
      .catch((error: unknown) => log(`clock: ${String(error)}`));
  });
  const listening = await listen(server, port);
  return { url: `http://${LOOPBACK}:${listening}`, close: () => closeServer(server) };
}
