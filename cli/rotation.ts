/**
 * What comes next in a rotation of licence keys: published, then signing, then retired. Decided from the set that the API has and
 * what it says of each key. Pure.
 */
import type { LicenceKeyView } from '../src/contracts/licences.ts';
import { err, ok, type Result } from '../src/lib/result.ts';

export type Step =
  /** A new key goes behind the others. */
  | { kind: 'publish' }
  /** The last key goes to the front. */
  | { kind: 'sign'; kid: string }
  /** Keys whose last licence has expired go. */
  | { kind: 'retire'; kids: string[] };

/** Why there is no step now; `until` is when there will be one, ms. */
export type Wait = { until: number | null; message: string };

/** A key that came after the one that signs, and has signed nothing yet. */
const isPending = (key: LicenceKeyView, signing: LicenceKeyView): boolean =>
  !key.signs &&
  key.needed_until === null &&
  (key.published_at === null || Date.parse(key.published_at) > Date.parse(signing.published_at ?? ''));

/**
 * @param kids of the file, in order
 * @param keys of the API, the one that signs first
 * @param now ms
 */
export function nextStep(kids: readonly string[], keys: readonly LicenceKeyView[], now: number): Result<Step, Wait> {
  const [signing] = keys;
  const published = new Set(keys.map(({ kid }) => kid));
  const isSame = published.size === kids.length && kids.every((kid) => published.has(kid));
  if (!signing || !isSame) {
    return err({
      until: null,
      message: 'the API has other keys than the file: hand it the file first, or name the one it has',
    });
  }
  const pending = keys.find((key) => isPending(key, signing));
  if (pending) {
    const { kid, signs_from: ripeAt } = pending;
    if (ripeAt === null) return err({ until: now, message: `${kid} has been published just now` });
    const until = Date.parse(ripeAt);
    if (until > now) return err({ until, message: `${kid} may sign from ${ripeAt}` });
    if (kids[0] !== kid) return ok({ kind: 'sign', kid });
    return err({
      until: null,
      message: `the API still signs with ${signing.kid}: hand it the file, whose first key is ${kid}`,
    });
  }
  const retired = keys.filter(
    (key) => !key.signs && (key.needed_until === null || Date.parse(key.needed_until) <= now),
  );
  if (retired.length > 0) return ok({ kind: 'retire', kids: retired.map(({ kid }) => kid) });
  return ok({ kind: 'publish' });
}
