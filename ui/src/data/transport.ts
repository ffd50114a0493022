/** The browser's fetch as the API client's transport. Browsers differ in whether a stream can be iterated: here it can. */
import type { Transport } from '../../../src/lib/api-client.ts';

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** Sends with this origin's cookie only. */
export const browserTransport: Transport = async (url, outgoing) => {
  const { status, headers, body } = await fetch(url, { ...outgoing, credentials: 'same-origin', cache: 'no-store' });
  return { status, headers, body: body === null ? null : chunksOf(body) };
};
