/** The parts of a stack by plan, as a test expects them: their names, kinds, and where each has the values of its own. */
import type { Plan } from './example.ts';

export interface Part {
  component: string;
  kind: 'Deployment' | 'StatefulSet';
  /** Its key in the values. */
  key: string;
}

const everywhere: readonly Part[] = [
  { component: 'api', kind: 'Deployment', key: 'api' },
  { component: 'billing-exporter', kind: 'Deployment', key: 'exporter' },
  { component: 'dashboard', kind: 'Deployment', key: 'dashboard' },
  { component: 'mosquitto', kind: 'StatefulSet', key: 'mosquitto' },
  { component: 'mosquitto-exporter', kind: 'Deployment', key: 'mosquittoExporter' },
  { component: 'opencost', kind: 'Deployment', key: 'opencost' },
  { component: 'postgres', kind: 'StatefulSet', key: 'postgres' },
  { component: 'redis', kind: 'StatefulSet', key: 'redis' },
];
const dedicated: readonly Part[] = [
  { component: 'grafana', kind: 'StatefulSet', key: 'grafana' },
  { component: 'prometheus', kind: 'StatefulSet', key: 'dedicatedPrometheus' },
];

/** Every part that a stack can have. */
export const allParts: readonly Part[] = [...everywhere, ...dedicated];

/** In the order of their names. */
export const partsOf = (plan: Plan): readonly Part[] =>
  (plan === 'enterprise' ? [...allParts] : [...everywhere]).sort((a, b) => a.component.localeCompare(b.component));

export const componentsOf = (plan: Plan): string[] => partsOf(plan).map(({ component }) => component);

/** Those that keep data, each on a claim of its own. */
export const claimsOf = (plan: Plan): string[] =>
  partsOf(plan)
    .filter(({ kind }) => kind === 'StatefulSet')
    .map(({ component }) => component);
