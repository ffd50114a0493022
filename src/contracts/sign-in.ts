/** Sign-in at an issuer on the wire: a browser goes through it, so that what fails ends on a page and not in JSON. */
import { z } from 'zod';
import { slug } from './organisations.ts';

/** The page of the console that people sign in on. */
export const signInPage = '/sign-in';

/** Why a sign-in did not come about, as `?error=` of that page. Nothing that an issuer wrote is in it. */
export const signInFaults = {
  organisation_unknown: 'no organisation of that name has people who sign in',
  staff_unknown: 'staff sign in with an admin token here: no staff issuer is set',
  issuer_unavailable: 'the issuer does not answer; try again',
  expired: 'the sign-in took more than ten minutes, was begun in another browser or has been finished already',
  denied: 'the issuer says that the sign-in was not allowed, or broken off',
  failed: 'what the issuer answered does not hold',
  no_access: 'whoever signed in has no role here',
} as const;
export type SignInFault = keyof typeof signInFaults;

const returnCharsMax = 4000;

/** GET /api/sessions/oidc/start: at the issuer of an organisation, or of staff. `return_to` is a path of ours. */
export const startQuery = z
  .object({
    organisation: slug.optional(),
    staff: z.literal('true').optional(),
    return_to: z.string().max(returnCharsMax).optional(),
  })
  .refine(({ organisation, staff }) => (organisation === undefined) !== (staff === undefined), {
    message: 'must be given, or else staff=true',
    path: ['organisation'],
  });
