/**
 * Who says it counts (spec §3): a series is taken only from targets of its kind, known by what Prometheus itself says of
 * them in `up` (job, and the namespace that the target lives in), never by what a scraped pod writes into its series.
 * Cannot tell who owns a job of the operator's own making: a job that scrapes tenants must not be named after a kind.
 */
import { type TargetKind, targetKinds } from './catalogue.ts';
import type { Target } from './scrapes.ts';
import { type SeriesKind, seriesKinds } from './series-meters.ts';

/** Patterns of the operator's own, anchored, for the targets of one kind; what is not given is judged by default. */
export interface TargetSetting {
  job?: RegExp | undefined;
  namespace?: RegExp | undefined;
}
export type TargetSettings = Partial<Record<TargetKind | SeriesKind, TargetSetting>>;

const rules = { ...targetKinds, ...seriesKinds };

/** Where Prometheus found a target, by the labels in use for that. */
export const homeOf = (target: Pick<Target, 'labels'>): string =>
  target.labels['namespace'] ?? target.labels['kubernetes_namespace'] ?? target.labels['k8s_namespace_name'] ?? '';

const tenants = /^customer-[0-9a-f]{8}(-.*)?$/;
/** Namespaces in which clusters keep what is the operator's. */
const operators =
  /^(kube|openshift|cattle|gke|gmp|aks|eks|tanzu|rook)-.*$|monitor|prometheus|observ|metric|victoria|grafana|telemetry|infra|platform|system/i;

export type Believes = (target: Target) => boolean;

/**
 * @param known every target of the kind that was found, and every one that shows anything of the namespace
 * @param metered the namespace whose use is counted: nobody counts his own use, but for what stands beside his pods: proxies of a mesh, exporters of broker and database
 * @returns whether what a target shows counts
 */
export function believer(kind: keyof typeof rules, known: Target[], setting: TargetSetting, metered: string): Believes {
  const { jobs, homes, besidePods } = rules[kind];
  const storedJobs = new Set(known.filter((t) => !t.inferred).map((t) => t.labels['job']));
  const exists = (t: Target): boolean => !t.inferred || !storedJobs.has(t.labels['job']);
  const fitsJob = (t: Target): boolean => (setting.job ?? jobs).test(t.labels['job'] ?? '');
  const isOperators = (home: string): boolean => operators.test(home) || homes.test(home);
  if (setting.job || setting.namespace) {
    return (t) => {
      // What is only inferred from series has no home of its own: the series' namespace is the thing's.
      const home = t.inferred ? '' : homeOf(t);
      const atHome = setting.namespace ? setting.namespace.test(home) : !isTenant(home, metered, besidePods);
      return exists(t) && atHome && (setting.job ? fitsJob(t) : true);
    };
  }
  const strangers = new Set<string>();
  let someAtHome = false;
  for (const t of known) {
    if (t.inferred || !exists(t) || !fitsJob(t) || isTenant(homeOf(t), metered, besidePods)) continue;
    const home = homeOf(t);
    if (home === '' || isOperators(home) || home === metered) someAtHome = true;
    else strangers.add(home);
  }
  return (t) => {
    if (!exists(t)) return false;
    if (t.inferred) return fitsJob(t) || !t.labels['job'];
    const home = homeOf(t);
    if (isTenant(home, metered, besidePods)) return false;
    if (home === metered && besidePods) return fitsJob(t);
    if (home !== '' && isOperators(home)) return true;
    // One unknown place is where the operator put it, unless others claim to be the same.
    return fitsJob(t) && (home === '' || (!someAtHome && strangers.size === 1));
  };
}

const isTenant = (home: string, metered: string, besidePods: boolean): boolean =>
  home === metered ? !besidePods : tenants.test(home);
