/** Resolves after `ms` of real time. */
export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
