/** From how helm ended to one code: its real words, as Helm 4.3 says them, and the objects' own. */
import { describe, expect, it } from 'vitest';
import { codeOfText, failureOf, lastWords } from '../../provisioner/classify.ts';
import { type FailureCode, failed, retryable, scopeOf, toWire } from '../../provisioner/failure.ts';
import { failBody, type JobEvent } from '../../src/contracts/jobs.ts';

const exit = (stderr: string) => ({ kind: 'exited' as const, code: 1, stdout: '', stderr });
const event = (message: string) => ({ object: 'ReplicaSet/app', reason: 'FailedCreate', message });

describe('helm’s words', () => {
  const table: [FailureCode, string][] = [
    [
      'cluster_unreachable',
      'Error: Kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused',
    ],
    [
      'cluster_unreachable',
      'Error: UPGRADE FAILED: Get "https://k/api": dial tcp: lookup k on 10.0.0.1:53: no such host',
    ],
    ['cluster_unreachable', 'Error: UPGRADE FAILED: etcdserver: request timed out'],
    [
      'kubeconfig_invalid',
      'Error: Kubernetes cluster unreachable: error loading config file "/x/kubeconfig": yaml: line 2: mapping values are not allowed',
    ],
    [
      'kubeconfig_invalid',
      'Error: invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable',
    ],
    ['release_busy', 'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress'],
    [
      'forbidden',
      'Error: query: failed to query with labels: secrets is forbidden: User "x" cannot list resource "secrets" in API group "" in the namespace "n"',
    ],
    [
      'kubeconfig_invalid',
      'Error: Kubernetes cluster unreachable: the server has asked for the client to provide credentials: Unauthorized',
    ],
    [
      'quota_exceeded',
      'Error: server-side apply failed for object n/postgres /v1, Kind=Service: services "postgres" is forbidden: exceeded quota: plan, requested: services=1, used: services=1, limited: services=1',
    ],
    ['pod_security', 'Error: pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged'],
    [
      'chart_broken',
      "Error: UPGRADE FAILED: values don't meet the specifications of the schema(s) in the following chart(s):\ncustomer-instance:\n- at '': additional properties 'x' not allowed",
    ],
    [
      'chart_broken',
      'Error: customer-instance/templates/guard.yaml:3:4: execution error at (customer-instance/templates/guard.yaml:3:4): no',
    ],
    ['chart_broken', 'Error: path "charts/none" not found'],
    ['chart_broken', 'Error: Chart.yaml file is missing'],
    [
      'chart_broken',
      'Error: server-side apply failed for object n/app apps/v1, Kind=Deployment: Deployment.apps "app" is invalid: spec.template.spec.containers[0].image: Required value',
    ],
    [
      'not_ready',
      'Error: resource Deployment/n/app not ready. status: InProgress, message: Available: 0/2\ncontext deadline exceeded',
    ],
    [
      'chart_broken',
      'Error: smallest-instance/templates/app.yaml:7:18\n  executing "smallest-instance/templates/app.yaml" at <.Values.x.y>:\n    nil pointer evaluating interface {}.y',
    ],
    ['chart_broken', 'Error: non-absolute URLs should be in form of repo_name/path_to_chart, got: nochart'],
    [
      'chart_broken',
      'Error: cannot load Chart.yaml: error converting YAML to JSON: yaml: line 1: did not find expected node content',
    ],
    [
      'kubeconfig_invalid',
      'Error: kubernetes cluster unreachable: the server has asked for the client to provide credentials',
    ],
    ['helm_failed', 'Error: something nobody has seen'],
  ];
  it.each(table)('%s: %s', (code, stderr) => {
    expect(failureOf(exit(stderr), 'helm upgrade', []).error.code).toBe(code);
  });

  it('come without the lines that Helm puts before its error', () => {
    expect(lastWords('level=WARN msg="x"\nI1121 noise\nError: first\n- second\n')).toBe('first - second');
    expect(lastWords('panic: oh\ngoroutine 1\n')).toBe('panic: oh goroutine 1');
    expect(failureOf(exit(''), 'helm upgrade', []).error.message).toBe('helm upgrade: helm failed without a word');
  });
});

describe('what the Kubernetes API answered helm', () => {
  const response = (verb: string, path: string, status: string) =>
    `I1126 00:57:07.290357   31024 round_trippers.go:632] "Response" verb="${verb}" url="https://k:6443${path}" status="${status}" milliseconds=3\n`;
  const lookup =
    'Error: c/templates/a.yaml:1:2\n  executing "c/templates/a.yaml" at <lookup "v1">: error calling lookup';
  const secrets = '/api/v1/namespaces/n/secrets';
  const app = '/apis/apps/v1/namespaces/n/deployments/app';
  const record = response('PUT', `${secrets}/sh.helm.release.v1.c.v1`, '200 OK');
  const codeOf = (log: string, words: string, events: JobEvent[] = []) =>
    failureOf(exit(`${log}${words}`), 'helm upgrade', events).error.code;

  const table: [string, FailureCode, string, string][] = [
    ['a 500 under a lookup', 'cluster_failing', response('GET', `${secrets}/a`, '500 Internal Server Error'), lookup],
    ['a 502 under a lookup', 'cluster_failing', response('GET', `${secrets}/a`, '502 Bad Gateway'), lookup],
    ['a 504 under a lookup', 'cluster_failing', response('GET', `${secrets}/a`, '504 Gateway Timeout'), lookup],
    ['a 429', 'cluster_failing', response('POST', secrets, '429 Too Many Requests'), 'Error: x is invalid: y'],
    ['no answer', 'cluster_unreachable', response('PATCH', app, ''), 'Error: is invalid: EOF'],
    ['a 401', 'kubeconfig_invalid', response('GET', secrets, '401 Unauthorized'), 'Error: failed to load chart'],
    [
      'a webhook that is away',
      'cluster_failing',
      response('PATCH', app, '500 Internal Server Error') + record,
      'Error: server-side apply failed: Internal error occurred: failed calling webhook "w": connection refused',
    ],
    ['a right that is missing', 'forbidden', response('GET', `${secrets}/a`, '403 Forbidden'), lookup],
    [
      'a namespace that ends',
      'namespace_terminating',
      response('POST', secrets, '403 Forbidden'),
      'Error: secrets "x" is forbidden: unable to create new content in namespace n because it is being terminated',
    ],
    [
      'a quota',
      'quota_exceeded',
      response('PATCH', app, '403 Forbidden'),
      'Error: services "a" is forbidden: exceeded quota: plan',
    ],
    [
      'an object that is no such',
      'chart_broken',
      response('PATCH', app, '422 Unprocessable Entity'),
      'Error: a word unheard of',
    ],
    [
      'a 504 whose words are those of a wait',
      'cluster_failing',
      response('PATCH', app, '504 Gateway Timeout') + record,
      'Error: request timed out',
    ],
    [
      'a 500 that succeeded when asked again',
      'chart_broken',
      response('GET', `${secrets}/a`, '500 Internal Server Error') + response('GET', `${secrets}/a?x=1`, '200 OK'),
      lookup,
    ],
    ['what is not there', 'chart_broken', response('GET', app, '404 Not Found'), lookup],
    [
      'a group of the API that is away',
      'chart_broken',
      response('GET', '/apis/metrics.k8s.io/v1beta1', '503 Service Unavailable') + response('GET', app, '200 OK'),
      lookup,
    ],
    [
      'a group of the API that helm needs',
      'cluster_failing',
      response('GET', '/apis/apps/v1', '503 Service Unavailable') +
        response('GET', '/apis/batch/v1', '200 OK') +
        response('PUT', `${secrets}/sh.helm.release.v1.c.v1`, '200 OK'),
      'Error: unable to build kubernetes objects from release manifest: no matches for kind "Deployment"',
    ],
    [
      'an API that helm learned nothing of',
      'cluster_failing',
      response('GET', '/version', '503 Service Unavailable'),
      lookup,
    ],
  ];
  it.each(table)('%s is %s', (_name, code, log, words) => expect(codeOf(log, words)).toBe(code));

  it('a wait that failed is the objects’, unless they say nothing and the API failed', () => {
    const watch = response('GET', '/api/v1/namespaces/n/pods?watch=true', '500 Internal Server Error');
    const ended = 'Error: resource Deployment/n/app not ready. status: InProgress';
    const late = `${ended}\ncontext deadline exceeded`;
    expect(codeOf(watch, late, [event('no image')])).toBe('not_ready');
    expect(codeOf(watch, ended, [event('no image')])).toBe('cluster_failing');
    expect(codeOf(watch, late)).toBe('cluster_failing');
    const over = watch + response('GET', '/api/v1/namespaces/n/pods?watch=true', '200 OK');
    expect(codeOf(over, late)).toBe('cluster_failing');
    expect(codeOf(over, late, [event('no image')])).toBe('not_ready');
    expect(codeOf('', late)).toBe('not_ready');
  });

  it('a helm that its timer ended before the API answered anything says so; else the objects speak', () => {
    const codes = [
      failureOf({ kind: 'timed_out', stderr: '' }, 'helm history', []),
      failureOf({ kind: 'timed_out', stderr: response('GET', '/version', '200 OK') }, 'helm upgrade', []),
      failureOf({ kind: 'timed_out', stderr: response('GET', app, '503 Service Unavailable') }, 'helm upgrade', []),
    ].map(({ error }) => error.code);
    expect(codes).toEqual(['cluster_unreachable', 'timeout', 'cluster_failing']);
  });

  it('is in the message, and the log’s lines are not', () => {
    const { message } = failureOf(exit(response('GET', `${secrets}/a`, '500 Oh') + lookup), 'helm upgrade', []).error;
    expect(message).toMatch(/error calling lookup \(GET \/api\/v1\/namespaces\/n\/secrets\/a was answered with 500\)$/);
    expect(message).not.toContain('round_trippers');
  });
});

describe('the objects’ words', () => {
  const late = exit('Error: resource Deployment/n/app not ready. status: InProgress');

  it('decide when helm only says that it waited', () => {
    expect(failureOf(late, 'helm upgrade', [event('pods "a" is forbidden: exceeded quota: plan')]).error.code).toBe(
      'quota_exceeded',
    );
    expect(failureOf(late, 'helm upgrade', [event('violates PodSecurity "restricted:latest"')]).error.code).toBe(
      'pod_security',
    );
    expect(failureOf({ kind: 'timed_out' }, 'helm upgrade', [event('exceeded quota')]).error.code).toBe(
      'quota_exceeded',
    );
  });

  it('tell trouble of the cluster from the customer’s', () => {
    const away = 'Error creating: Internal error occurred: failed calling webhook "w": connection refused';
    expect(failureOf(late, 'helm upgrade', [event(away)]).error.code).toBe('cluster_failing');
    const unread = { object: 'Namespace/n', reason: 'Unreadable', message: 'no leader' };
    expect(failureOf(late, 'helm upgrade', [unread]).error.code).toBe('cluster_failing');
  });

  it('are in the message', () => {
    const failure = failureOf(late, 'helm upgrade', [event('why')]).error;
    expect(failure).toMatchObject({
      code: 'not_ready',
      message: 'helm upgrade: not ready in time; ReplicaSet/app: FailedCreate: why',
    });
  });
});

describe('other ends', () => {
  it.each([
    [{ kind: 'missing' as const, message: 'helm cannot be run' }, 'helm_missing'],
    [{ kind: 'no_time' as const }, 'timeout'],
    [{ kind: 'timed_out' as const }, 'timeout'],
    [{ kind: 'killed' as const, signal: 'SIGKILL' }, 'helm_killed'],
  ])('%j', (run, code) => {
    expect(failureOf(run, 'helm upgrade', []).error.code).toBe(code);
  });
});

describe('what goes over the wire', () => {
  it('is a body that the contract takes, for every code', () => {
    for (const code of Object.keys(retryable) as FailureCode[]) {
      const { error } = failed(code, 'a\nb', [event('x'.repeat(9_000))]);
      const body = { lease_id: `lease_${'0'.repeat(32)}`, generation: 1, ...toWire(error) };
      expect(failBody.parse(body)).toMatchObject({
        code,
        message: 'a b',
        retryable: retryable[code],
        scope: scopeOf(code),
      });
    }
  });

  it('takes out what could be a credential, in the message and in the events', () => {
    const pull = 'Failed to pull "https://robot:hunter2@images.test/app"';
    const { error } = failed('not_ready', `${pull}: Bearer abc.def`, [event(pull)]);
    const wire = JSON.stringify(toWire(error));
    expect(wire).toContain('images.test/app');
    expect(wire).not.toMatch(/hunter2|abc\.def/);
  });

  it('mistakes are final, and what people or time can mend is not', () => {
    const final = Object.entries(retryable)
      .filter(([, again]) => !again)
      .map(([code]) => code);
    expect(final.sort()).toEqual([
      'chart_broken',
      'claim_lost',
      'namespace_taken',
      'pod_security',
      'secret_damaged',
      'secret_lost',
    ]);
    expect(final.map((code) => scopeOf(code as FailureCode))).toEqual(final.map(() => 'customer'));
    expect(codeOfText('')).toBe('helm_failed');
  });
});
