/**
 * From how helm ended, and what its objects say, to one code. Pure. Helm has no machine-readable errors, so this reads its
 * words; the table is tested against what Helm 4.3 really says. An unknown text is `helm_failed`, which is tried again.
 */
import type { JobEvent } from '../src/contracts/jobs.ts';
import { type Failure, type FailureCode, failed } from './failure.ts';
import type { HelmRun } from './helm.ts';

/** First match wins: the more telling text comes first. */
const byText: [RegExp, FailureCode][] = [
  [/exceeded quota/, 'quota_exceeded'],
  [/violates PodSecurity/, 'pod_security'],
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

/** A refusal that the objects name themselves says more than "not ready in time". */
function codeOfEvents(events: JobEvent[]): FailureCode | null {
  const code = codeOfText(events.map((event) => event.message).join('\n'));
  return code === 'quota_exceeded' || code === 'pod_security' ? code : null;
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
      return failed(codeOfEvents(events) ?? 'timeout', `${doing}: not done in time; ${waiting(events)}`, events);
    case 'killed':
      return failed('helm_killed', `${doing}: helm was killed (${run.signal}); was there enough memory?`, events);
    case 'exited':
      return ofExit(run, doing, events);
  }
}

function ofExit(run: { stdout: string; stderr: string }, doing: string, events: JobEvent[]) {
  const words = lastWords(run.stderr);
  const code = codeOfText(words);
  if (code === 'not_ready') {
    const why = events.length > 0 ? waiting(events) : words;
    return failed(codeOfEvents(events) ?? code, `${doing}: not ready in time; ${why}`, events);
  }
  return failed(code, `${doing}: ${words === '' ? 'helm failed without a word' : words}`, events);
}
