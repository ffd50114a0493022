/** Who may administer this instance: whoever has ADMIN_TOKEN. Without one everybody may, as on one's own machine. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { bearerAuth } from 'hono/bearer-auth';
import { problem } from './routes/parts.ts';
import type { Secret } from './settings.ts';

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
/** Takes as long for a wrong one as for one that is nearly right. */
const isSame = (given: string, wanted: string): boolean => timingSafeEqual(digestOf(given), digestOf(wanted));

const everybody: MiddlewareHandler = (_context, next) => next();

const refusal = { message: problem('Unauthorized', 'This needs the token of an administrator.') };
const refusals = { noAuthenticationHeader: refusal, invalidAuthenticationHeader: refusal, invalidToken: refusal };

/** For programs: `Authorization: Bearer`. */
export const byToken = (token: Secret | null): MiddlewareHandler =>
  token === null ? everybody : (context, next) => bearerAuth({ token: token(), ...refusals })(context, next);

/** For people: the browser asks for it, as a password of any user. */
export const byPassword = (token: Secret | null): MiddlewareHandler =>
  token === null
    ? everybody
    : (context, next) =>
        basicAuth({
          realm: 'instance',
          verifyUser: (_user, password) => password.length > 0 && isSame(password, token()),
        })(context, next);
