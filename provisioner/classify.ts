/**
 * From how helm ended, what the Kubernetes API had answered it and what its objects say, to one code. Pure. The status of the
 * request that helm failed by decides first: what is no answer, 401, 429 or 5xx is never the chart's fault, whatever helm's
 * words. Only what the API did not refuse is judged by words, since Helm has no machine-readable errors; the table is tested
 * against what Helm 4.3 really says. An unknown text is `helm_failed`, which is tried again.
 */
import type { JobEvent } from '../src/contracts/jobs.ts';
import { type Failure, type FailureCode, failed } from './failure.ts';
import type { HelmRun } from './helm.ts';
import { failedRequest, type HelmRequest, isTrouble, isWrite, requestsIn } from './helm-requests.ts';
import { unreadable } from './not-ready.ts';
import { isClassMissing, volumeFull } from './volumes.ts';

/** First match wins: the more telling text comes first. */
const byText: [RegExp, FailureCode][] = [
  [/exceeded quota/, 'quota_exceeded'],
  [/violates PodSecurity/, 'pod_security'],
  [/because it is being terminated/, 'namespace_terminating'],
  [/another operation \(install\/upgrade\/rollback\) is in progress/, 'release_busy'],
  [/error loading config file|invalid configuration|no configuration has been provided/, 'kubeconfig_invalid'],
  [/must be logged in|provide credentials|Unauthorized/, 'kubeconfig_invalid'],
  [/stat .*: no such file or directory.*kubeconfig/i, 'kubeconfig_invalid'],
  [
    /cluster unreachable|connection refused|no such host|i\/o timeout|TLS handshake|network is unreachable/i,
    'cluster_unreachable',
  ],
  [
    /etcdserver|the server is currently unable|too many requests|connection reset|unexpected EOF|client connection lost/i,
    'cluster_unreachable',
  ],
  [/is forbidden: User|cannot (get|list|create|update|patch|delete|watch) resource/, 'forbidden'],
  [
    /don't meet the specifications of the schema|values\.schema\.json|failed to parse .*values|additional propert/i,
    'chart_broken',
  ],
  [
    /execution error at|executing "|template:|parse error|YAML parse error|error converting YAML|unable to build kubernetes objects/,
    'chart_broken',
  ],
  [
    /Chart\.yaml|non-absolute URLs|chart .*not found|failed to load chart|path .* not found|validation: chart|error validating/i,
    'chart_broken',
  ],
  [/is invalid:|Invalid value|Required value|admission webhook .* denied|no matches for kind/, 'chart_broken'],
  [/not ready|deadline exceeded|timed out|resource .* failed|progress deadline|context canceled/i, 'not_ready'],
];

/** The code of helm's words. */
export const codeOfText = (text: string): FailureCode =>
  byText.find(([pattern]) => pattern.test(text))?.[1] ?? 'helm_failed';

/** What a 403 can mean beside a right that we lack. It has no `reason` that would tell these apart: only its words do. */
const refusals = new Set<FailureCode>(['quota_exceeded', 'pod_security', 'namespace_terminating']);
const denied = /admission webhook .* denied|ValidatingAdmissionPolicy .* denied/;

/** The code of an answer by which helm failed; null where the status leaves it to helm's words. */
function codeOfAnswer(request: HelmRequest, words: string): FailureCode | null {
  const { status } = request;
  if (status === null) return 'cluster_unreachable';
  if (isTrouble(request)) return 'cluster_failing';
  if (status === 401) return 'kubeconfig_invalid';
  if (status === 400 || status === 422) return 'chart_broken';
  if (status !== 403) return null;
  const code = codeOfText(words);
  if (refusals.has(code)) return code;
  return denied.test(words) ? 'chart_broken' : 'forbidden';
}

/** What says more than "not ready in time": a refusal to create a pod, and what a volume lacks. */
function codeOfEvents(events: JobEvent[]): FailureCode | null {
  const [first] = events;
  if (first?.reason === unreadable) return 'cluster_failing';
  const refused = events.find((event) => event.reason === 'FailedCreate')?.message;
  if (refused !== undefined) return codeOfRefusal(refused);
  if (events.some(isClassMissing)) return 'storage_class_missing';
  return events.some(({ reason }) => reason === volumeFull) ? 'volume_full' : null;
}

/** A webhook that does not answer is an error of the API server's. */
function codeOfRefusal(refused: string): FailureCode | null {
  if (/^Internal error occurred|failed calling webhook/.test(refused.replace(/^Error creating: /, ''))) {
    return 'cluster_failing';
  }
  const code = codeOfText(refused);
  return refusals.has(code) ? code : null;
}

/** Helm's error line without the noise that it puts before it. */
export function lastWords(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(level=|I\d{4}|W\d{4})/.test(line));
  const from = lines.findLastIndex((line) => /^Error:/.test(line));
  return (from < 0 ? lines.slice(-3) : lines.slice(from)).join(' ').replace(/^Error: /, '');
}

const waiting = (events: JobEvent[]): string => {
  const [first] = events;
  return first ? `${first.object}: ${first.reason}: ${first.message}` : 'no object says why';
};

/**
 * The failure of a helm run that did not succeed. `doing` begins the message, e.g. `helm upgrade`; `events` are those of
 * the objects that are not ready, empty where nothing was asked for.
 */
export function failureOf(
  run: Exclude<HelmRun, { kind: 'aborted' }>,
  doing: string,
  events: JobEvent[],
): { ok: false; error: Failure } {
  switch (run.kind) {
    case 'missing':
      return failed('helm_missing', run.message);
    case 'no_time':
      return failed('timeout', `${doing}: too little of the job's time was left to start it`, events);
    case 'timed_out':
      return ofTimeout(run, doing, events);
    case 'given_up':
      return failed(
        codeOfEvents(events) ?? 'not_ready',
        `${doing}: ended early, waiting does not mend it; ${waiting(events)}`,
        events,
      );
    case 'killed':
      return failed('helm_killed', `${doing}: helm was killed (${run.signal}); was there enough memory?`, events);
    case 'exited':
      return ofExit(run, doing, events);
  }
}

function ofTimeout(run: { stderr?: string }, doing: string, events: JobEvent[]) {
  const requests = run.stderr === undefined ? null : requestsIn(run.stderr);
  if (requests?.length === 0) {
    const why = 'the Kubernetes API has answered nothing, or the credential plugin of KUBECONFIG hangs';
    return failed('cluster_unreachable', `${doing}: not done in time; ${why}`, events);
  }
  const blamed = events.length > 0 ? null : blamedRequest(requests ?? []);
  const code = codeOfEvents(events) ?? (blamed && codeOfAnswer(blamed, '')) ?? 'timeout';
  return failed(code, `${doing}: not done in time; ${blamed === null ? waiting(events) : said(blamed)}`, events);
}

/** What kept a wait for objects that all are as they should be from seeing that: the latest trouble, over or not. */
const blamedRequest = (requests: HelmRequest[]): HelmRequest | null =>
  failedRequest(requests) ?? requests.findLast(isTrouble) ?? null;

const said = ({ verb, path, status }: HelmRequest): string =>
  `${verb} ${path} was answered ${status === null ? 'by nothing' : `with ${status}`}`;

function ofExit(run: { stdout: string; stderr: string }, doing: string, events: JobEvent[]) {
  const words = lastWords(run.stderr);
  const requests = requestsIn(run.stderr);
  const byWords = codeOfText(words);
  const refused = failedRequest(requests);
  // Waiting only reads, and goes on when a reading fails: where its time ran out, what the objects say comes first.
  const waited = byWords === 'not_ready' && (refused === null || !isWrite(refused));
  const ranOut = waited && events.length > 0 && /deadline exceeded/.test(words);
  const blamed = waited && events.length === 0 ? blamedRequest(requests) : refused;
  const byAnswer = blamed === null || ranOut ? null : codeOfAnswer(blamed, words);
  if (byAnswer !== null && blamed !== null) {
    return failed(byAnswer, `${doing}: ${words === '' ? said(blamed) : words} (${said(blamed)})`, events);
  }
  if (waited) {
    const why = events.length > 0 ? waiting(events) : words;
    return failed(codeOfEvents(events) ?? byWords, `${doing}: not ready in time; ${why}`, events);
  }
  return failed(byWords, `${doing}: ${words === '' ? 'helm failed without a word' : words}`, events);
}
