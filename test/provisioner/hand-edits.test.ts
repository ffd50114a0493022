/** What people and controllers change by hand holds up no suspension and no resumption, and is overwritten and said. */
import { beforeAll, expect, it } from 'vitest';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { setClusterStage } from './cluster-stage.ts';
import type { FakeDeployment, FakeJob } from './fake-job.ts';
import { type Hands, handEdits, handsOf } from './hand-edits.ts';
import { shippedChart } from './real-cluster.ts';

describeWithTools(['helm', ...clusterTools], 'hand edits', () => {
  const stage = setClusterStage();
  const { customer, pods, settled, start } = stage;
  let hands: Hands;
  beforeAll(() => {
    hands = handsOf(stage.config, stage.core, stage.apps);
  });

  const replicas = async (on: FakeDeployment): Promise<(number | undefined)[]> => {
    const { items } = await stage.apps.listNamespacedDeployment({ namespace: on.namespace });
    return items.map(({ spec }) => spec?.replicas);
  };
  const done = async (job: FakeJob): Promise<FakeJob> => {
    await settled(job);
    expect(job.failures).toEqual([]);
    return job;
  };
  const says = (job: FakeJob): string => job.progress.map(({ message }) => message).join('\n');

  it('of eight kinds: each stack is suspended, edited again, and resumed as the release has it', async () => {
    await start(shippedChart, { QUEUE_CONCURRENCY: '4' });
    const all = handEdits.map((edit) => ({ edit, on: customer() }));
    const wanted = async (phase: 'running' | 'suspended') => {
      const jobs = all.map(({ on }) => stage.plane.want(on, phase));
      return Promise.all(jobs.map(done));
    };
    await wanted('running');
    for (const { edit, on } of all) await edit.does(hands, on);
    const suspensions = await wanted('suspended');
    for (const [n, { edit, on }] of all.entries()) {
      expect(await pods(on), edit.what).toEqual([]);
      expect(suspensions[n]?.drift, edit.what).toEqual([]);
    }
    for (const { edit, on } of all) await edit.does(hands, on);
    const resumptions = await wanted('running');
    for (const [n, { edit, on }] of all.entries()) {
      expect(says(resumptions[n] as FakeJob), edit.what).toContain(`overwriting: ${edit.object(on)} `);
      expect([...new Set(await replicas(on))], edit.what).toEqual([1]);
      const compared = await done(stage.plane.compare(on));
      // The claim of a database that somebody scaled up is data, and stays.
      expect(
        compared.drift.filter(({ object }) => !object.endsWith('postgres-1')),
        edit.what,
      ).toEqual([]);
    }
  });

  it('an object that somebody made by hand under a name of the chart’s becomes the release’s', async () => {
    await start();
    const on = customer();
    // Where there is no namespace, a suspension makes none.
    await done(stage.plane.want(on, 'running'));
    await done(stage.plane.want(on, 'suspended'));
    await stage.core.createNamespacedConfigMap({
      namespace: on.namespace,
      body: { metadata: { name: 'added' }, data: { by: 'hand' } },
    });
    await start({ added: true });
    await done(stage.plane.want(on, 'suspended'));
    const added = await stage.core.readNamespacedConfigMap({ name: 'added', namespace: on.namespace });
    expect(added.data).toMatchObject({ by: 'chart' });
  });
});
