/**
 * Lease ids: opaque to consumers, they name the message and the delivery. They keep nobody out: whoever holds one,
 * late or twice, may acknowledge (broker.ts).
 */

/** The lease of delivery number `attempt` of a message. */
export function writeLease(messageId: string, attempt: number): string {
  return Buffer.from(`${messageId}.${attempt}`).toString('base64url');
}

/** The message that a lease names, or null when it is none of ours. */
export function readLease(leaseId: string): string | null {
  return /^([0-9a-f]{32})\.\d+$/.exec(Buffer.from(leaseId, 'base64url').toString('latin1'))?.[1] ?? null;
}
