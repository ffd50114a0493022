/** A message as the queue keeps it, its limits, and its body as the pull API writes it. */

export const contentTypes = ['json', 'text', 'bytes', 'v8'] as const;
export type ContentType = (typeof contentTypes)[number];

export type NewMessage = { body: Uint8Array; contentType: ContentType; delayS: number | undefined };

export type StoredMessage = {
  id: string;
  body: Uint8Array;
  contentType: ContentType;
  /** Unix time in ms at which it was accepted. */
  sentAtMs: number;
  /** Deliveries so far, this one included. */
  attempts: number;
};

// Cloudflare's limits, in thousands: https://developers.cloudflare.com/queues/platform/limits/
const MESSAGE_BYTES_MAX = 128_000;
const BATCH_BYTES_MAX = 256_000;
export const BATCH_MESSAGES_MAX = 100;
export const DELAY_S_MAX = 43_200;

export const isContentType = (value: string): value is ContentType => contentTypes.some((known) => known === value);

/** The body as the pull API writes it: text as it is, everything else in base64. */
export function bodyForPull(message: StoredMessage): string {
  return Buffer.from(message.body).toString(message.contentType === 'text' ? 'utf8' : 'base64');
}

/** Why a set of messages is refused, in Cloudflare's words, or null. */
export function tooLarge(messages: NewMessage[]): string | null {
  if (messages.length > BATCH_MESSAGES_MAX) {
    return `batch message count of ${messages.length} exceeds limit of ${BATCH_MESSAGES_MAX}`;
  }
  let total = 0;
  for (const { body } of messages) {
    if (body.byteLength > MESSAGE_BYTES_MAX) {
      return `message length of ${body.byteLength} bytes exceeds limit of ${MESSAGE_BYTES_MAX}`;
    }
    total += body.byteLength;
  }
  return total > BATCH_BYTES_MAX ? `batch size of ${total} bytes exceeds limit of ${BATCH_BYTES_MAX}` : null;
}
