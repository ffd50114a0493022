/**
 * What the Kubernetes API answered Helm. Helm prints errors for people; its Kubernetes client, told by `requestLog`, writes a
 * line of verb, URL and status for each answer, and so failures are judged by status. Pure. No bodies and no headers: they
 * would hold Secrets.
 */

/** Flags that make Helm write those lines: klog's, of which Helm has all. Level 6 is statuses, 8 would be bodies. */
export const requestLog: readonly string[] = ['--vmodule', 'round_trippers=6'];

/** `status` is null where no answer came (refused, reset, timed out). */
export type HelmRequest = { verb: string; path: string; status: number | null };

const line = /^I\d{4} [^\]]*\] "Response" verb="([A-Z]+)" url="([^"]*)" status="(\d{3})?/gm;

/** The requests that a helm wrote down, oldest first. None: it asked nothing, or none of its questions was answered. */
export const requestsIn = (stderr: string): HelmRequest[] =>
  [...stderr.matchAll(line)].map(([, verb = '', url = '', status]) => ({
    verb,
    path: url.replace(/^[a-z]+:\/\/[^/]*/, '').replace(/\?.*$/, ''),
    status: status === undefined ? null : Number(status),
  }));

/** Paths by which a client learns what an API has. Helm goes on without a group that it does not need. */
const isDiscovery = (path: string): boolean =>
  /^\/(version|api(\/[^/]+)?|apis(\/[^/]+){0,2}|openapi\/.*|openapi)$/.test(path);

const succeeded = ({ status }: HelmRequest): boolean => status !== null && status < 400;

/** Nothing there to read or to delete is an answer as good as any. */
const isAbsence = ({ verb, status }: HelmRequest): boolean => status === 404 && (verb === 'GET' || verb === 'DELETE');

/** Helm's own records, which it reads before its work and writes behind it, whatever became of that. */
const isRecord = (path: string): boolean => /\/secrets(\/sh\.helm\.release\.v1\.[^/]*)?$/.test(path);

/**
 * The request that a failed helm failed by; null when the Kubernetes API refused it nothing. It is the latest one that was
 * refused and did not succeed later on. A failed discovery counts only where Helm did not go on to work on objects: then it
 * could do without.
 */
export function failedRequest(requests: HelmRequest[]): HelmRequest | null {
  const later = new Set<string>();
  let worked = false;
  for (const request of [...requests].reverse()) {
    const key = `${request.verb} ${request.path}`;
    const discovery = isDiscovery(request.path);
    if (succeeded(request)) later.add(key);
    else if (!later.has(key) && !isAbsence(request) && !(discovery && worked)) return request;
    worked ||= !discovery && !isRecord(request.path);
  }
  return null;
}

/** Whether a status is the cluster's own trouble and no refusal: no answer, 408, 429, 5xx. */
export const isTrouble = ({ status }: HelmRequest): boolean =>
  status === null || status === 408 || status === 429 || status >= 500;

/** Whether it would have changed something. Waiting for objects only reads. */
export const isWrite = ({ verb }: HelmRequest): boolean => verb !== 'GET';
