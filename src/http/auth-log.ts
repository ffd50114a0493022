/**
 * Failed authentications in the log: who guesses must be seen, and must not fill the log. One line a minute an address,
 * with the number of those that were not written. Counted in this isolate only; the exact limit is rate-limit.ts's.
 */
import type { CredentialKind } from '../lib/keys.ts';
import type { Log } from '../lib/log.ts';
import { minuteMs } from '../lib/time.ts';

const quietMs = minuteMs;
const addressesMax = 1000;

/**
 * What was presented: nothing, two that contradict each other or none of the form, a key of that kind, a person's token, or
 * at sign-in.
 */
export type Presented = 'none' | 'malformed' | 'person' | 'password' | 'link' | CredentialKind;

export interface FailedAuthentication {
  address: string;
  presented: Presented;
  requestId: string;
  now: number;
}

export function failedAuthenticationLog() {
  const seen = new Map<string, { writtenAt: number; unwritten: number }>();
  return (log: Log, { address, presented, requestId, now }: FailedAuthentication): void => {
    const last = seen.get(address);
    if (last && now >= last.writtenAt && now - last.writtenAt < quietMs) {
      last.unwritten += 1;
      return;
    }
    if (seen.size >= addressesMax) seen.clear();
    seen.set(address, { writtenAt: now, unwritten: 0 });
    log('warn', 'authentication failed', {
      address,
      presented,
      unwritten_before: last?.unwritten ?? 0,
      request_id: requestId,
    });
  };
}
