/**
 * Limits that count by an email: one account is not guessed from many addresses, and nobody's mailbox is filled. They are
 * counted for every email alike, whether anybody has it or not.
 */
import type { Failure } from '../contracts/failures.ts';
import type { Services } from '../services.ts';
import { takeOne, tooMany } from './rate-limit.ts';

/** Why no password is tried for the email now; null where it is. A mailed link signs in all the same. */
export async function refusePassword(services: Services, email: string): Promise<Failure | null> {
  const { env } = services;
  const hit = await takeOne(env.RATE_LIMITER, `password:${email}`, env.RATE_LIMIT_SIGN_IN, services);
  return hit?.allowed === false ? tooMany(hit, 'have a link mailed to you') : null;
}

/** Whether another link may be mailed to the email now. */
export async function mayMailLink(services: Services, email: string): Promise<boolean> {
  const { env } = services;
  const hit = await takeOne(env.RATE_LIMITER, `link:${email}`, env.RATE_LIMIT_LINKS, services);
  return hit?.allowed !== false;
}
