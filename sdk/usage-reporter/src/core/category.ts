/** The kind of endpoint that a request asks for: what the counts are broken down by. Pure. */

/** Of endpoints that only ask whether the application is well: no use of a customer's, so not counted. */
const probes = /^\/(?:health|healthz|ready|readyz|live|livez|metrics|favicon\.ico)\/?$/;
/** Segments that say nothing about the kind. */
const skipped = /^(?:api|rest|v\d+)$/i;
/** What looks like a name, not like an id or a number. */
const word = /^[a-z][a-z_-]{0,31}$/i;

/** How requests are told apart; null: the request is not counted at all. */
export type Categorize = (method: string, path: string) => string | null;

/** `/api/v1/devices/4711` is `devices`, `/` is `root`; probes are not counted. */
export const categoryOf: Categorize = (_method, path) => {
  if (probes.test(path)) return null;
  const first = path.split('/').find((segment) => segment !== '' && !skipped.test(segment));
  if (first === undefined) return 'root';
  return word.test(first) ? first.toLowerCase() : 'other';
};
