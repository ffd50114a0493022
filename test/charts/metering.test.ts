/** The exporter's settings: what an operator says of Prometheus reaches the exporter as it is. */
import type { V1ConfigMap, V1Deployment } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { readConfig } from '../../exporter/config.ts';
import { exporterVariables } from '../../exporter/variables.ts';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { helm, pick, render } from './helm.ts';

describeWithTools(['helm'], 'the exporter of a stack', () => {
  it('asks Prometheus as the operator says, and the exporter takes each of it', async () => {
    const prometheus = {
      url: 'https://mimir.example.com/prometheus?tenant=a',
      matchers: 'cluster="prod", region!~"eu-\\\\d"',
      headers: { 'X-Scope-OrgID': 'a|b', 'X-Zone': 'eu 1' },
      username: 'meter',
      secret: { name: 'prometheus', passwordKey: 'password', caKey: 'ca.crt' },
      targets: {
        cadvisor: { job: 'kubelet' },
        kubelet: { namespace: 'kube-.*' },
        kubeStateMetrics: { job: 'ksm|kube-state-metrics', namespace: 'monitoring' },
        httpMetrics: { job: 'ingress-nginx-.*' },
      },
    };
    const objects = await render(exampleValues(), { prometheus });
    const config = pick<V1ConfigMap>(objects, 'ConfigMap', 'billing-exporter').data ?? {};
    const folder = '/run/secrets/prometheus';
    const told = { PROMETHEUS_PASSWORD_FILE: `${folder}/password`, PROMETHEUS_CA_FILE: `${folder}/ca.crt` };
    expect(config).toMatchObject(told);
    // The files are the pod's.
    const { PROMETHEUS_PASSWORD_FILE: _, ...readable } = config;
    const read = readConfig({ ...readable, PROMETHEUS_PASSWORD: 'secret' }, false);
    expect(read).toMatchObject({
      ok: true,
      value: {
        prometheus: {
          url: prometheus.url,
          matchers: 'cluster="prod",region!~"eu-\\\\d"',
          headers: prometheus.headers,
          basic: { username: 'meter' },
          caFile: `${folder}/ca.crt`,
        },
        targets: {
          cadvisor: { job: /^(?:kubelet)$/ },
          kubelet: { namespace: /^(?:kube-.*)$/ },
          podlist: { job: /^(?:ksm|kube-state-metrics)$/, namespace: /^(?:monitoring)$/ },
          nginx: { job: /^(?:ingress-nginx-.*)$/ },
        },
      },
    });
    const pod = pick<V1Deployment>(objects, 'Deployment', 'billing-exporter').spec?.template.spec;
    expect(pod?.volumes?.find(({ name }) => name === 'prometheus')?.secret?.secretName).toBe('prometheus');
    expect(pod?.containers[0]?.volumeMounts).toContainEqual({ name: 'prometheus', mountPath: folder, readOnly: true });
  });

  it('has a value for every variable of the exporter that an operator may want', async () => {
    const believed = { job: 'a', namespace: 'b' };
    const prometheus = {
      url: 'https://mimir.example.com',
      matchers: 'a="b"',
      headers: { A: 'b' },
      username: 'meter',
      secret: { name: 'prometheus', passwordKey: 'password', caKey: 'ca' },
      targets: {
        cadvisor: believed,
        kubelet: believed,
        kubeStateMetrics: believed,
        httpMetrics: believed,
        kubevirt: believed,
        mosquitto: { job: 'broker' },
        postgres: { job: 'database' },
      },
    };
    const config = pick<V1ConfigMap>(
      await render(exampleValues(), { prometheus }),
      'ConfigMap',
      'billing-exporter',
    ).data;
    const set = Object.keys(config ?? {}).map((name) => name.replace(/_FILE$/, ''));
    // A token stands in the place of user and password; the others are not of a stack: minutes are for trials, a past is a
    // customer's own, every interface is the pod's, and the last two are refused.
    const without = ['PROMETHEUS_TOKEN', 'ALLOW_SHORT_WINDOWS', 'BACKFILL_FROM', 'HEALTH_CHECK_HOST', 'MODE'];
    const plain = Object.keys(exporterVariables).map((name) => name.replace(/_FILE$/, ''));
    expect(plain.filter((name) => !set.includes(name)).sort()).toEqual(without.sort());
  });

  it('asks OpenCost where the values say, and an address that the exporter would refuse at its start is refused before that', async () => {
    const askedAt = async (url: string) => {
      const rendered = await helm(['template'], { values: exampleValues(), overrides: { opencost: { url } } });
      if (!rendered.ok) return rendered.message;
      return /^ {2}OPENCOST_URL: "(.*)"$/m.exec(rendered.stdout)?.[1];
    };
    const taken = (url: string) => {
      const variables = {
        CUSTOMER_ID: exampleValues().customer.id,
        PROMETHEUS_URL: 'http://p',
        BILLING_API_URL: 'http://b',
        API_KEY: 'k',
      };
      return readConfig({ ...variables, ALLOW_PLAIN_HTTP: 'true', OPENCOST_URL: url }, false).ok;
    };
    const right = [
      'http://opencost.opencost:9003',
      'https://costs.example.com/a/b',
      'http://[fd00::1]:65535',
      'http://o:80/',
    ];
    for (const url of right) expect([url, taken(url), await askedAt(url)]).toEqual([url, true, url]);
    const wrong = [
      'opencost:9003',
      'http://:9003',
      'http://o:65536',
      'http://o:90a',
      'http://[::1',
      'http://me:word@o',
      'http://o?a=b',
    ];
    for (const url of wrong) {
      expect([url, taken(url)]).toEqual([url, false]);
      expect(await askedAt(url)).toMatch(/at '\/opencost\/url': '.*' does not match pattern/);
    }
    expect(await askedAt('')).toBe(`http://c${exampleValues().customer.shortId}-customer-instance-opencost:9003`);
  });
});
