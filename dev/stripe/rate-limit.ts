/** The stand-in's own rate limit: a bucket that fills with the machine's time, whatever time the platform shows. */

/** Takes one call; false when there were too many. @param perSecond null: as many as come */
export type RateLimit = () => boolean;

export function rateLimit(perSecond: number | null, realNow: () => number = Date.now): RateLimit {
  if (perSecond === null) return () => true;
  const full = Math.max(1, perSecond);
  let left = full;
  let at = realNow();
  return () => {
    const now = realNow();
    left = Math.min(full, left + ((now - at) / 1000) * perSecond);
    at = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
