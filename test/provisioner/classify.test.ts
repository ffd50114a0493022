/** From how helm ended to one code: its real words, as Helm 4.3 says them, and the objects' own. */
import { describe, expect, it } from 'vitest';
import { codeOfText, failureOf, lastWords } from '../../provisioner/classify.ts';
import { type FailureCode, failed, retryable, toWire } from '../../provisioner/failure.ts';
import { failBody } from '../../src/contracts/jobs.ts';

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
      expect(failBody.parse(body)).toMatchObject({ code, message: 'a b', retryable: retryable[code] });
    }
  });

  it('mistakes are final, and what people or time can mend is not', () => {
    const final = Object.entries(retryable)
      .filter(([, again]) => !again)
      .map(([code]) => code);
    expect(final.sort()).toEqual([
      'chart_broken',
      'claim_lost',
      'forbidden',
      'namespace_taken',
      'pod_security',
      'secret_damaged',
      'secret_lost',
    ]);
    expect(codeOfText('')).toBe('helm_failed');
  });
});
