/**
 * Which volumes of a stack count as its storage: the claims that the chart makes, on a real Prometheus. All of them do, also those of the
 * Prometheus and the Grafana of its own, whose pods are left out of every other meter: what they keep is the customer's own history.
 */
import type { V1ConfigMap, V1StatefulSet } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { exampleValues } from '../charts/example.ts';
import { pick, render } from '../charts/helm.ts';
import { claimsOf } from '../charts/parts.ts';
import { describeWithTools } from '../harness/tools.ts';
import { type Bricks, ordinary, pod } from './build.ts';
import { serveDays } from './days.ts';
import { reportsOf } from './judge.ts';
import { type Case, hourMs, numbersOf, type Volume, type Wave } from './model.ts';

const gigabyte = 2 ** 30;
const fromMs = Date.parse('2026-03-10T08:00:00Z');
const b: Bricks = { fromMs, toMs: fromMs + hourMs, scrapeMs: 30_000, random: numbersOf(5) };
const always = { startMs: fromMs - 48 * hourMs, endMs: fromMs + 2 * hourMs };
const steady = (base: number): Wave => ({ base, swing: 0, periodMs: hourMs, phase: 0 });

/** As the shipped chart makes it for a customer of Enterprise: names of its claims and pods, the exporter's settings. */
async function enterprise() {
  const objects = await render(exampleValues({ plan: 'enterprise' }));
  const sets = claimsOf('enterprise').map((component) => pick<V1StatefulSet>(objects, 'StatefulSet', component));
  const parts = sets.map(({ metadata, spec }, n) => ({
    component: claimsOf('enterprise')[n] ?? '',
    podName: `${metadata?.name}-0`,
    claim: `${spec?.volumeClaimTemplates?.[0]?.metadata?.name}-${metadata?.name}-0`,
  }));
  const settings = pick<V1ConfigMap>(objects, 'ConfigMap', 'billing-exporter').data ?? {};
  return { parts, settings };
}

describeWithTools(['helm', 'prometheus', 'promtool'], 'the storage of a stack of Enterprise', () => {
  it('is what lies on every claim of the namespace, for as long as it is mounted, and nothing of a neighbour', async () => {
    const { parts, settings } = await enterprise();
    expect(parts.map(({ component }) => component)).toEqual([
      'grafana',
      'mosquitto',
      'postgres',
      'prometheus',
      'redis',
    ]);
    const gb: Record<string, number> = { grafana: 1, mosquitto: 2, postgres: 4, prometheus: 8, redis: 16 };
    const plain = ordinary(b, 'volumes');
    const node = plain.pods[0]?.node ?? '';
    const volume = (claim: string, sizeGb: number, life = always): Volume => ({
      claim,
      node,
      used: steady(sizeGb * gigabyte),
      ...life,
    });
    const env = { EXCLUDE_PODS: settings['EXCLUDE_PODS'] ?? '', HOST_NETWORK: settings['HOST_NETWORK'] ?? '' };
    const stack: Case = {
      ...plain,
      env,
      pods: parts.map(({ podName }) => ({ ...pod(b, 'part', node, always.startMs, always.endMs), name: podName })),
      volumes: [
        ...parts.map(({ component, claim }) => volume(claim, gb[component] ?? 0)),
        // Of the customer's own making, mounted for half of the window.
        volume('uploads', 32, { startMs: always.startMs, endMs: fromMs + hourMs / 2 }),
      ],
    };
    const neighbour: Case = {
      ...ordinary(b, 'neighbour'),
      namespace: `${stack.namespace}-b`,
      volumes: [{ ...volume(parts[0]?.claim ?? '', 64), node: 'node-neighbour' }],
    };
    const served = await serveDays([stack, neighbour]);
    try {
      const [report] = await reportsOf(stack, served.prometheus.url);
      expect(report).toMatchObject({ complete: true, running_pods: 3 });
      // Up to one scrape of 30 s after the last one that saw it.
      expect(report?.storage_used_gb).toBeGreaterThanOrEqual(1 + 2 + 4 + 8 + 16 + 32 * (0.5 - 30 / 3600));
      expect(report?.storage_used_gb).toBeLessThanOrEqual(1 + 2 + 4 + 8 + 16 + 32 * (0.5 + 30 / 3600));
      const [alone] = await reportsOf({ ...stack, env: { ...env, EXCLUDE_PODS: '' } }, served.prometheus.url);
      expect(alone?.storage_used_gb).toBe(report?.storage_used_gb);
      expect(alone?.running_pods).toBe(5);
    } finally {
      await served.stop();
    }
  });
});
