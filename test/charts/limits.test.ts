/** The stack fits into its own quota, whatever the quota counts, and everything that the quota counts has a default. */
import type { V1Container, V1Deployment, V1ResourceQuota, V1StatefulSet } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues, plans } from './example.ts';
import { type Manifest, pick, refusal, render } from './helm.ts';
import { partsOf } from './parts.ts';

/** A LimitRange's bounds of a container as YAML has them (the client's own type calls `default` `_default`). */
type ContainerBounds = Partial<Record<'defaultRequest' | 'default' | 'max', Record<string, string>>>;
type Amounts = Record<string, number>;

/** What one node with two CPUs leaves for a whole stack (decision 29), in cores. */
const coresMax = { starter: 1.1, professional: 1.1, enterprise: 1.7 };

const factors: Record<string, number> = { m: 0.001, '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };
/** A Kubernetes quantity in cores, bytes or pieces. */
function amountOf(quantity: string): number {
  const [, number = '', unit = ''] = /^([0-9.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = factors[unit];
  if (factor === undefined) throw new Error(`the unit of ${quantity} is not read here`);
  return Number(number) * factor;
}
const combined = (how: (a: number, b: number) => number, ...all: Amounts[]): Amounts => {
  const names = new Set(all.flatMap((amounts) => Object.keys(amounts)));
  return Object.fromEntries([...names].map((name) => [name, all.map((one) => one[name] ?? 0).reduce(how, 0)]));
};
const sum = (a: number, b: number): number => a + b;
const larger = (a: number, b: number): number => Math.max(a, b);

const boundsOf = (objects: Manifest[]): ContainerBounds =>
  pick<{ spec: { limits: ContainerBounds[] } }>(objects, 'LimitRange', 'limits').spec.limits[0] ?? {};

/** `{'requests.cpu': 0.25, …}` of a container. */
const containerAmounts = ({ resources }: V1Container): Amounts =>
  Object.fromEntries(
    (['requests', 'limits'] as const).flatMap((side) =>
      Object.entries(resources?.[side] ?? {}).map(([name, quantity]) => [`${side}.${name}`, amountOf(quantity)]),
    ),
  );

/** What the quota counts for a workload's pod: its containers together, or the largest of those that run before them. */
function podAmounts(workload: V1Deployment | V1StatefulSet): Amounts {
  const { containers = [], initContainers = [] } = workload.spec?.template.spec ?? {};
  const running = combined(sum, ...containers.map(containerAmounts));
  return { ...combined(larger, running, ...initContainers.map(containerAmounts)), pods: 1 };
}

/** The whole stack at its largest: new pods beside the old ones where a roll-out makes them, and a certificate's solver. */
function stackAmounts(objects: Manifest[]): { steady: Amounts; largest: Amounts } {
  const workloads = objects.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind)) as unknown as (
    | V1Deployment
    | V1StatefulSet
  )[];
  const surging = workloads.filter(
    ({ kind, spec }) => kind === 'Deployment' && (spec as V1Deployment['spec'])?.strategy?.type !== 'Recreate',
  );
  const claims = workloads
    .flatMap(({ spec }) => (spec as V1StatefulSet['spec'])?.volumeClaimTemplates ?? [])
    .map(({ spec }) => ({
      persistentvolumeclaims: 1,
      'requests.storage': amountOf(spec?.resources?.requests?.['storage'] ?? ''),
    }));
  const services = objects.filter(({ kind }) => kind === 'Service').length;
  const steady = combined(sum, ...workloads.map(podAmounts), ...claims, { services });
  const container = boundsOf(objects);
  const solver = containerAmounts({
    name: 'solver',
    resources: { requests: container.defaultRequest ?? {}, limits: container.default ?? {} },
  });
  return { steady, largest: combined(sum, steady, ...surging.map(podAmounts), solver, { pods: 1, services: 1 }) };
}
const quotaOf = (objects: Manifest[]): Amounts =>
  Object.fromEntries(
    Object.entries(pick<V1ResourceQuota>(objects, 'ResourceQuota', 'quota').spec?.hard ?? {}).map(
      ([name, quantity]) => [name, amountOf(quantity)],
    ),
  );

describeWithTools(['helm'], 'the quota of a customer', () => {
  it.each(plans)('holds the stack of %s, also while each of its parts is replaced', async (plan) => {
    const objects = await render(exampleValues({ plan }));
    const quota = quotaOf(objects);
    const { largest } = stackAmounts(objects);
    const never = ['services.loadbalancers', 'services.nodeports'];
    expect(Object.keys(largest).sort()).toEqual(
      Object.keys(quota)
        .filter((name) => !never.includes(name))
        .sort(),
    );
    for (const [name, amount] of Object.entries(largest)) {
      expect([name, amount > 0]).toEqual([name, true]);
      expect([name, amount <= (quota[name] ?? 0)]).toEqual([name, true]);
    }
  });

  it.each(plans)(
    'that is smaller than the stack of %s at its largest is refused with what would be needed',
    async (plan) => {
      const values = exampleValues({ plan });
      const { largest } = stackAmounts(await render(values));
      const short = async (name: string, quantity: string) =>
        (await refusal({ values: { ...values, quota: { ...values.quota, [name]: quantity } } })) ?? '';
      const cores = Math.round((largest['limits.cpu'] ?? 0) * 1000);
      expect(await short('cpu', `${cores}m`)).toBe('');
      expect(await short('cpu', `${cores - 1}m`)).toContain(
        `- quota.cpu: ${cores - 1}m is less than the ${cores}m that the limits of this stack come to while it is upgraded`,
      );
      const mib = (largest['limits.memory'] ?? 0) / 2 ** 20;
      expect(await short('memory', `${mib}Mi`)).toBe('');
      expect(await short('memory', `${mib - 1}Mi`)).toContain(`is less than the ${mib}Mi that the limits`);
      const storage = (largest['requests.storage'] ?? 0) / 2 ** 30;
      expect(await short('storage', `${storage - 1}Gi`)).toContain(
        `- quota.storage: ${storage - 1}Gi is less than the`,
      );
      const pods = largest['pods'] ?? 0;
      const fewer = await refusal({ values, overrides: { limits: { pods: pods - 1 } } });
      expect(fewer).toContain(`- limits.pods: ${pods - 1} is less than the ${pods} pods`);
    },
  );

  it.each(plans)('asks for no more of a node than a stack of %s may', async (plan) => {
    const { steady } = stackAmounts(await render(exampleValues({ plan })));
    expect(steady['requests.cpu']).toBeLessThanOrEqual(coresMax[plan]);
  });

  it('counts nothing that a container could leave out: there is a default for it, and a most', async () => {
    for (const plan of plans) {
      const objects = await render(exampleValues({ plan }));
      const counted = Object.keys(quotaOf(objects));
      const container = boundsOf(objects);
      const names = (side: string) =>
        counted
          .filter((name) => name.startsWith(`${side}.`) && name !== 'requests.storage')
          .map((name) => name.slice(side.length + 1));
      expect(Object.keys(container.defaultRequest ?? {}).sort()).toEqual(names('requests').sort());
      expect(Object.keys(container.default ?? {}).sort()).toEqual(names('limits').sort());
      expect(Object.keys(container.max ?? {}).sort()).toEqual(names('limits').sort());
    }
  });

  it('lets every part write to the node as much as its volumes there may hold', async () => {
    const objects = await render(exampleValues({ plan: 'enterprise' }));
    for (const { kind, component: part } of partsOf('enterprise')) {
      const workload = pick<V1Deployment>(objects, kind, part);
      const volumes = workload.spec?.template.spec?.volumes?.map(({ emptyDir }) =>
        amountOf(emptyDir?.sizeLimit ?? '0'),
      );
      // What is in memory counts as memory, and is small.
      const limit = podAmounts(workload)['limits.ephemeral-storage'] ?? 0;
      expect([part, limit > (volumes ?? []).reduce(sum, 0)]).toEqual([part, true]);
    }
  });
});
