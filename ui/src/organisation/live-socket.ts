/**
 * The WebSocket of live figures, held open: it is opened again when it breaks off, later each time, and pings, because one
 * that does not is closed. Knows nothing of what is shown.
 */
import { type LiveMessage, liveMessage } from '../../../src/contracts/organisation-billing.ts';
import { watchBilling } from '../../../src/contracts/routes/organisation-billing.ts';
import { parseJson } from '../../../src/lib/json.ts';

export interface LiveListener {
  /** What came while it was closed is not sent again. */
  opened: () => void;
  closed: () => void;
  /** What it was opened with has ended, or it is too old: who is signed in is asked before it is opened again. */
  over: () => Promise<void>;
  message: (message: LiveMessage) => void;
}

const protocol = 'tenantry.live';
const pingEveryMs = 30_000;
const firstPauseMs = 1_000;
const pauseMsMax = 60_000;
/** The server does not want this client: it is not asked again. */
const unwanted = 1008;
const over = 4401;

/** @returns what closes it for good */
export function openLive(query: Readonly<Record<string, string>>, listener: LiveListener): () => void {
  const url = new URL(watchBilling.path, window.location.origin);
  url.protocol = url.protocol.replace('http', 'ws');
  url.search = new URLSearchParams(query).toString();
  let isWanted = true;
  let pauseMs = firstPauseMs;
  let again: ReturnType<typeof setTimeout> | undefined;
  let socket: WebSocket;
  const open = () => {
    const opening = new WebSocket(url, [protocol]);
    let ping: ReturnType<typeof setInterval> | undefined;
    opening.onopen = () => {
      // To close one that is still opening is an error in the browser's log.
      if (!isWanted) {
        opening.close();
        return;
      }
      ping = setInterval(() => {
        // One that is closed as soon as it opens has not held: the pauses go on growing.
        pauseMs = firstPauseMs;
        opening.send('ping');
      }, pingEveryMs);
      listener.opened();
    };
    opening.onmessage = ({ data }) => {
      const read = liveMessage.safeParse(parseJson(String(data)));
      if (read.success && isWanted) listener.message(read.data);
    };
    opening.onclose = async ({ code }) => {
      clearInterval(ping);
      if (!isWanted) return;
      listener.closed();
      if (code === unwanted) return;
      if (code === over) await listener.over();
      if (!isWanted) return;
      again = setTimeout(open, pauseMs);
      pauseMs = Math.min(2 * pauseMs, pauseMsMax);
    };
    socket = opening;
  };
  open();
  return () => {
    isWanted = false;
    clearTimeout(again);
    if (socket.readyState === WebSocket.OPEN) socket.close();
  };
}
