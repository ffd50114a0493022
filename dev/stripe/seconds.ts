/** Stripe's moments are whole seconds; the stand-in's instants are milliseconds. */
export const secondsOf = (ms: number): number => Math.floor(ms / 1000);
export const hourSeconds = 3600;
export const daySeconds = 24 * hourSeconds;
