/** The chart's PrometheusRule for the provisioner: off as shipped, and each of its alerts fires on its own cause and on no other. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { type Cause, firing, rulesOf } from '../charts/alerts.ts';
import type { Generated, Hour } from '../charts/generated-series.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';

const chart = resolve(import.meta.dirname, '../../charts/provisioner');
const name = (of: string) => `tenantry_provisioner_${of}`;
const of = (labels = '') => `job="tenantry/provisioner",instance="10.0.0.9:8080"${labels}`;
const dependency = (what: string) => of(`,dependency="${what}"`);

const well: Hour = {
  counters: {
    [name('job_failures_total')]: [
      [of(',code="not_ready",scope="customer"'), 1 / 3600],
      [of(',code="cluster_unreachable",scope="cluster"'), 0],
    ],
  },
  gauges: {
    [name('job_slots')]: [[of(), 3]],
    [name('jobs_running')]: [[of(), 1]],
    [name('dependency_up')]: ['control_plane', 'cluster', 'queue'].map((what) => [dependency(what), 1]),
    [name('dependency_answered_timestamp_seconds')]: [[dependency('control_plane'), (at) => at - 20]],
  },
};
const gauge = (metric: string, labels: string, value: Generated[string][number][1]): Cause['differs'] => ({
  gauges: { [name(metric)]: [[labels, value]] },
});
const silentSince = gauge('dependency_answered_timestamp_seconds', dependency('control_plane'), (at) => at - 1200);
const busy = gauge('jobs_running', of(), 3);

const causes: [alerts: string[], cause: string, differs: Cause['differs']][] = [
  [['ProvisionerStandsStill'], 'it asks nobody', silentSince],
  [[], 'it asks nobody, for every slot has a job', { gauges: { ...silentSince.gauges, ...busy.gauges } }],
  [['ProvisionerCannotReach'], 'no control plane', gauge('dependency_up', dependency('control_plane'), 0)],
  [['ProvisionerCannotReach'], 'no cluster', gauge('dependency_up', dependency('cluster'), 0)],
  [['ProvisionerCannotReach'], 'no queue', gauge('dependency_up', dependency('queue'), 0)],
  [
    ['ProvisionerJobsFail'],
    'jobs fail',
    { counters: { [name('job_failures_total')]: [[of(',code="not_ready",scope="customer"'), 6 / 3600]] } },
  ],
];

describeWithTools(['helm', 'prometheus', 'promtool'], 'alerts of the provisioner', () => {
  const file = () => readFile(resolve(chart, 'files/alerts.yaml'), 'utf8');

  it('are made where they are switched on and the cluster has the kind, as they stand in the file', async () => {
    const render = async (...flags: string[]) => {
      const given = ['template', 't', chart, '--values', resolve(chart, 'ci/default-values.yaml'), ...flags];
      const { stdout } = await promisify(execFile)(toolPath('helm'), given);
      return parseAllDocuments(stdout)
        .flatMap((document) => document.toJS() ?? [])
        .filter(({ kind }) => kind === 'PrometheusRule');
    };
    const has = ['--api-versions', 'monitoring.coreos.com/v1/PrometheusRule'];
    const on = ['--set', 'prometheusRule.enabled=true'];
    expect(await render(...has)).toEqual([]);
    expect(await render(...has, ...on)).toMatchObject([
      { metadata: { labels: { release: 'kube-prometheus-stack' } }, spec: parse(await file()) },
    ]);
    await expect(render(...on)).rejects.toThrow(/prometheusRule\.enabled: the cluster has no PrometheusRule/);
  });

  it('fire each on its own cause and on no other, and are silent while all is well', async () => {
    const rules = await rulesOf(await file());
    const page = await readFile(resolve(chart, '../../docs/provisioner.md'), 'utf8');
    for (const { alert, labels, for: long } of rules)
      expect(page).toMatch(new RegExp(`^\\| \`${alert}\` +\\| ${labels.severity} +\\| ${long} +\\|`, 'm'));
    for (const { alert, labels, annotations, for: long } of rules)
      expect([alert, labels.severity, long, annotations.summary]).toEqual([
        alert,
        expect.stringMatching(/^(critical|warning)$/),
        expect.stringMatching(/^\d+[mh]$/),
        expect.stringMatching(/.{20}/),
      ]);
    const found = await firing(
      rules,
      well,
      causes.map(([, cause, differs]) => ({ name: cause, differs })),
    );
    expect(found).toEqual({ well: [], ...Object.fromEntries(causes.map(([alerts, cause]) => [cause, alerts])) });
    const none = await firing(rules, { counters: {}, gauges: { up: [[of(), 0]] } }, []);
    expect(none).toEqual({ well: ['ProvisionerGone'] });
    const fired = new Set([...causes.flatMap(([alerts]) => alerts), 'ProvisionerGone']);
    expect([...fired].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });
});
