/** What a Prometheus has of meters that one series tells, the operator's own too, measured as the exporter measures them. */
import { meterOwn, type OwnObserved } from '../metering/own.ts';
import type { SeriesMeter } from '../metering/series-meters.ts';
import type { Prometheus } from '../prometheus/client.ts';
import { isOfTheQuestion, type PrometheusFailure } from '../prometheus/failure.ts';
import { collectOwn, type OwnPlan, selectorsOf } from '../prometheus/own.ts';
import type { Learned } from '../sending/learned.ts';
import type { Finding } from './finding.ts';

/** A finding a meter; a failure when Prometheus does not answer at all. */
export async function checkOwnMeters(
  prometheus: Prometheus,
  { measured, unknown }: { measured: readonly SeriesMeter[]; unknown: Learned['unknown'] },
  plan: OwnPlan,
): Promise<Finding[] | PrometheusFailure> {
  const findings: Finding[] = unknown.map((field) => ({
    state: 'missing',
    about: field,
    told: 'the API says where it comes from in words that this version does not know',
    todo: 'use an exporter as new as the API',
  }));
  for (const meter of measured) {
    const observed = await collectOwn(prometheus, meter, plan);
    if (observed.ok) findings.push(aboutOne(meter, observed.value));
    else if (isOfTheQuestion(observed.error)) findings.push(refused(meter, observed.error));
    else return observed.error;
  }
  return findings;
}

const nameOf = (one: SeriesMeter & { meter?: string }): string =>
  one.meter === undefined ? one.field : `${one.field} (${one.meter})`;
const isOwn = ({ kind }: SeriesMeter): boolean => kind === undefined;

const refused = (meter: SeriesMeter, { kind, message }: PrometheusFailure): Finding => ({
  state: 'missing',
  about: nameOf(meter),
  told: `Prometheus refuses ${selectorsOf(meter).join(' or ')}: ${kind}: ${message}`,
  todo: isOwn(meter)
    ? 'mend its source in plans.yaml and publish it'
    : 'see what it says, or take the group out of METERS',
});

function aboutOne(meter: SeriesMeter, observed: OwnObserved): Finding {
  const about = nameOf(meter);
  const result = meterOwn(observed);
  const shown = `${observed.samples.length} series of ${meter.source.series} for this namespace`;
  if (result.state !== 'seen') {
    const told = observed.showing
      ? `${shown}, not enough to bill`
      : `no target shows ${selectorsOf(meter).join(' or ')}`;
    const todo = isOwn(meter) ? 'mend match and namespace_label in plans.yaml' : 'take its group out of METERS';
    return { state: 'missing', about, told, todo: `scrape it, or ${todo}` };
  }
  const told = `${shown}: ${Number(result.quantity.toPrecision(4))} ${meter.unit}${isOwn(meter) ? 's' : ''}`;
  const unseen = result.unseen.map(({ thing, why }) => `${thing}: ${why}`).slice(0, 5);
  if (unseen.length === 0) return { state: 'ok', about, told };
  return { state: 'warning', about, told, todo: `not seen throughout: ${unseen.join('; ')}` };
}
