/**
 * `npm start` beside a real node, from a customer's signup to its end: what it is made of is ready, what it really used is on its usage,
 * and a database whose volume is full is named and goes on where it was once there is room. The tests follow one another.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Api, callApi, readCustomer, readJob, untilStatus } from '../../bench/support/api.ts';
import type { SignupAnswer } from '../../src/contracts/customers.ts';
import { deploymentFailures } from '../../src/contracts/deployment-failures.ts';
import { deploymentAnswer } from '../../src/contracts/deployments.ts';
import { reporterAnswer } from '../../src/contracts/reporters.ts';
import { type HistoryAnswer, historyAnswer } from '../../src/contracts/usage.ts';
import { floorTo, iso, minuteMs } from '../../src/lib/time.ts';
import { componentsOf } from '../charts/parts.ts';
import { describeOnNode, startNode, type TestNode } from '../harness/node.ts';
import { freePort } from '../harness/prometheus.ts';
import { toolPath } from '../harness/tools.ts';
import { startFakeControlPlane } from '../provisioner/fake-control-plane.ts';
import { shippedChart, startProvisioner } from '../provisioner/real-cluster.ts';
import { loopDevicesOf } from './kernel.ts';
import { wait } from './kill.ts';
import { brokerBurst } from './load.ts';
import { type OnStart, onStart } from './on-start.ts';
import { exporterOn } from './report.ts';

/** Room for PostgreSQL and its log, and little to fill. */
const storageSize = '256Mi';
const minuteWindows = { ALLOW_SHORT_WINDOWS: 'true' };
/** All of it goes by while the volume is full; runs enough for a busy machine, once there is room. */
const shortRuns = { JOB_TIMEOUT_MS: '60000', QUEUE_MAX_RETRY: '10' };
/** Far above what the probes of some minutes send. */
const burst = { messages: 100, bytes: 200_000 };

/** Takes what room there is of a volume, and each block that somebody gives back: PostgreSQL removes files when it ends, and would have room for them again. */
const eat = `
  trap 'rm -r /data/eaten; exit' INT TERM
  mkdir /data/eaten
  while n=$((n + 1)); do
    dd if=/dev/zero bs=4k >> /data/eaten/all
    echo > /data/eaten/$n || sleep 0.1
  done`;

/** A pod of the customer's own that has the database's volume too. */
async function eaterOf(node: TestNode, namespace: string, claim: string): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'eater', namespace },
    spec: {
      securityContext: { runAsNonRoot: true, runAsUser: 70, fsGroup: 70, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'eater',
          image: 'postgres:15-alpine',
          imagePullPolicy: 'Never',
          command: ['sh', '-c', eat],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '300m', memory: '64Mi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }],
    },
  };
  const file = join(node.folder, 'eater.json');
  await writeFile(file, JSON.stringify(pod));
  await node.kubectl('apply', '-f', file);
}

describeOnNode('npm start with a real node', () => {
  let node: TestNode;
  let here: OnStart;
  let api: Api;
  let ada: SignupAnswer;
  let inNamespace: (...args: string[]) => Promise<string>;
  let nameOf: (component: string) => string;

  beforeAll(async () => {
    const port = await freePort();
    node = await startNode(port);
    here = await onStart(node, port, { postgres: { storageSize } });
    api = await here.start(minuteWindows);
  });
  afterAll(async () => {
    await here?.stop();
    await node?.stop();
  });

  const asTenant = (): Api => ({ url: api.url, token: ada.api_key });
  const podOf = async (component: string): Promise<string> => {
    const selector = `app.kubernetes.io/component=${component}`;
    return await inNamespace('get', 'pods', '-l', selector, '-o', 'jsonpath={.items[0].metadata.name}');
  };
  const sql = async (statement: string): Promise<string> => {
    const psql = ['psql', '-U', 'postgres', '-d', 'instance', '-Atc', statement];
    return (await inNamespace('exec', `${nameOf('postgres')}-0`, '-c', 'postgres', '--', ...psql)).trim();
  };
  const claimUids = async (): Promise<string[]> =>
    (await inNamespace('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.uid}')).split(' ').sort();
  const components = async (): Promise<string[]> => {
    const path = '{range .items[*]}{.metadata.labels.app\\.kubernetes\\.io/component}{"\\n"}{end}';
    return (await inNamespace('get', 'pods', '-o', `jsonpath=${path}`)).split('\n').filter(Boolean).sort();
  };

  it('makes the stack of who signs up, each of its parts ready', async () => {
    ada = await here.tenantry<SignupAnswer>(
      ...['customer', 'add', '--email', 'ada@example.com', '--company', 'Acme', '--plan', 'starter'],
    );
    const { namespace } = ada.deployment;
    inNamespace = (...args) => node.kubectl('-n', namespace, ...args);
    nameOf = (component) => `c${ada.customer.short_id}-customer-instance-${component}`;
    await untilStatus(api, ada.customer.customer_id, 'ready', { withinMs: 240_000 });
    expect(await components()).toEqual(componentsOf('starter'));
    const ready = await inNamespace('wait', '--for=condition=Ready', 'pods', '--all', '--timeout=1s', '-o', 'name');
    expect(ready.trim().split('\n')).toHaveLength(componentsOf('starter').length);
  });

  it('has it metered: what the broker carries from now on', async () => {
    const { customer_id } = ada.customer;
    const minutes = { instance_id: 'k8s-minutes', window_seconds: minuteMs / 1000, take_over: true };
    const made = await callApi(api, 'POST', `/api/customers/${customer_id}/reporters`, minutes);
    const from = floorTo(Date.now(), minuteMs);
    here.exporter({
      ...(await exporterOn(node, minuteMs)),
      CUSTOMER_ID: customer_id,
      NAMESPACE: ada.deployment.namespace,
      INSTANCE_ID: minutes.instance_id,
      BILLING_API_URL: api.url,
      API_KEY: reporterAnswer.parse(made.body).api_key,
      BACKFILL_FROM: iso(from),
      SETTLE_DELAY: '20',
      HEALTH_CHECK_PORT: '0',
    });
    const sizes = [String(burst.messages), String(burst.bytes)];
    await inNamespace('exec', await podOf('api'), '--', 'node', '-e', brokerBurst, ...sizes);
  });

  it('names a database’s full volume, and goes on with its rows once there is room', async () => {
    const { customer_id } = ada.customer;
    await sql('CREATE TABLE rows_of_hers AS SELECT generate_series(1, 2000) AS n');
    const claims = await claimUids();
    await eaterOf(node, ada.deployment.namespace, `data-${nameOf('postgres')}-0`);
    await inNamespace('wait', '--for=condition=Ready', 'pod/eater', '--timeout=60s');
    await vi.waitFor(
      async () => expect(await inNamespace('exec', 'eater', '--', 'df', '-P', '/data')).toMatch(/ 100% /),
      wait,
    );
    const database = `${nameOf('postgres')}-0`;
    await inNamespace('delete', 'pod', database);
    await vi.waitFor(async () => {
      expect(await inNamespace('get', 'pod', database, '-o', 'jsonpath={.status}')).toContain(
        'No space left on device',
      );
    }, wait);
    api = await here.start({ ...minuteWindows, ...shortRuns });
    const { job_id } = await here.tenantry<{ job_id: string }>(
      ...['customer', 'redeploy', customer_id, '--reason', 'the database does not answer'],
    );
    const job = await vi.waitFor(
      async () => {
        const seen = await readJob(api, job_id);
        expect(seen.error).not.toBeNull();
        return seen;
      },
      { ...wait, timeout: 200_000 },
    );
    const said = `the volume of data-${nameOf('postgres')}-0 has no room`;
    expect(job.error).toMatchObject({ code: 'volume_full', message: expect.stringContaining(said) });
    expect(job.error?.message).toMatch(/\((initialise|prepare|postgres): .*No space left on device\)/);
    const read = async (as: Api) => {
      const { body } = await callApi(as, 'GET', `/api/customers/${customer_id}/deployment`);
      return deploymentAnswer.parse(body).observed;
    };
    expect(await read(api)).toMatchObject({ reason_code: 'volume_full', reason: expect.stringContaining(said) });
    expect(await read(asTenant())).toMatchObject({
      reason_code: 'volume_full',
      reason: deploymentFailures.volume_full,
    });

    await inNamespace('delete', 'pod', 'eater');
    // The kubelet would start it by itself, up to five minutes later.
    await inNamespace('delete', 'pod', database, '--wait=false');
    // Its time may have come by itself.
    await here.tenantry('queue', 'promote', job_id).catch((error) => {
      if (!String(error).includes('job_not_delayed')) throw error;
    });
    await vi.waitFor(async () => expect((await readJob(api, job_id)).state).toBe('completed'), {
      ...wait,
      timeout: 240_000,
    });
    await untilStatus(api, customer_id, 'ready', { withinMs: 240_000 });
    expect(await sql('SELECT count(*) FROM rows_of_hers')).toBe('2000');
    expect(await claimUids()).toEqual(claims);
  }, 600_000);

  it('shows what the broker carried, once each way, on the customer’s usage', async () => {
    const words = ['usage', '--customer', ada.customer.customer_id, '--granularity', 'window', '--days', '1'];
    const shown = await vi.waitFor(
      async () => {
        const { history } = await here.tenantry<{ history: HistoryAnswer }>(...words);
        expect(history.totals.network_bytes_sent).toBeGreaterThanOrEqual(2 * burst.messages * burst.bytes);
        return history.totals;
      },
      { ...wait, timeout: 180_000 },
    );
    // The API's pod to the broker's and back, each byte sent and received; the probes of some minutes beside it, and headers.
    for (const bytes of [shown.network_bytes_sent, shown.network_bytes_received])
      expect(Number(bytes) / (2 * burst.messages * burst.bytes)).toBeCloseTo(1, 1);
    expect(shown.cpu_hours).toBeGreaterThan(0);
    const path = `/api/usage/${ada.customer.customer_id}?granularity=window&days=1`;
    const { totals } = historyAnswer.parse((await callApi(asTenant(), 'GET', path)).body);
    expect(totals.network_bytes_sent).toBeGreaterThanOrEqual(shown.network_bytes_sent ?? Number.NaN);
  });

  it('stops it when the customer leaves, and keeps the data', async () => {
    const { customer_id } = ada.customer;
    const claims = await claimUids();
    await here.tenantry('customer', 'deactivate', customer_id, '--yes');
    await untilStatus(api, customer_id, 'suspended', { withinMs: 240_000 });
    await vi.waitFor(async () => expect(await components()).toEqual([]), wait);
    expect(await claimUids()).toEqual(claims);
    expect((await readCustomer(api, customer_id)).subscription.status).toBe('canceled');
  });

  it('is gone with its volumes and what it had in no namespace when a provisioner is told to delete it', async () => {
    const { customer_id, short_id } = ada.customer;
    const release = `c${short_id}`;
    const whose = { customerId: customer_id, shortId: short_id, namespace: ada.deployment.namespace, release };
    // A day after its end at the soonest, and beside a real cluster the clock cannot be moved: the order is another control plane's.
    const plane = await startFakeControlPlane();
    const env = { KUBECONFIG: node.kubeconfig, HELM_BIN: toolPath('helm'), HELM_CHART_PATH: shippedChart };
    const provisioner = startProvisioner(plane, env);
    try {
      const job = plane.want(Object.assign(plane.deployment(), whose), 'deleted');
      await vi.waitFor(
        () => expect(job, provisioner.output()).toMatchObject({ state: 'completed', failures: [] }),
        wait,
      );
    } finally {
      await provisioner.stop();
      await plane.stop();
    }
    const left = await node.kubectl('get', 'namespaces,clusterrolebindings', '-o', 'name');
    expect(left.split('\n').filter((name) => name.includes(short_id))).toEqual([]);
    await vi.waitFor(async () => expect(await node.kubectl('get', 'pv', '-o', 'name')).toBe(''), wait);
    await vi.waitFor(() => expect(loopDevicesOf(node.folder)).toEqual([]), wait);
  });
});
