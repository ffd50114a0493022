/** What the stand-ins that tests start and the tests in workerd both know. */

declare module 'vitest' {
  interface ProvidedContext {
    /** Where stand-ins are started: `POST / {now}`, then `POST /:id/clock {now}`. */
    stripeStandIns: string;
  }
}

/** The secret key of the stand-ins that tests start. */
export const standInKey = 'sk_test_stand_in_of_tests_0123456789';
