/**
 * When in half a minute an exporter begins its work: the same each time, and spread over a fleet. Pure. It is part of the 90 s within
 * which a spend cap acts (src/spend-caps/overshoot.ts): longer, and less would be left for the stop than a stop takes.
 */
const longestMs = 30_000;
/** A short window has a short share of it. */
const shareOfInterval = 60;
const offset = 2_166_136_261;
const prime = 16_777_619;

/** A whole number of ms below half a minute, or below a sixtieth of the interval. FNV-1a: near names are far apart. */
export function jitterOf(name: string, intervalMs: number): number {
  let hash = offset;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, prime) >>> 0;
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b_3c6d) >>> 0;
  hash = (hash ^ (hash >>> 12)) >>> 0;
  return hash % Math.floor(Math.min(longestMs, intervalMs / shareOfInterval));
}
