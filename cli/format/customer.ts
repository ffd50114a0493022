/** A customer as lines for people: what is wanted of the stack, what was seen of it, and what is going on. Pure. */
import type {
  CustomerAnswer,
  DeploymentStatus,
  SignupAnswer,
  SubscriptionStatus,
} from '../../src/contracts/customers.ts';
import type { DeploymentAnswer } from '../../src/contracts/deployments.ts';
import type { JobView } from '../../src/contracts/jobs.ts';
import { oneLine } from '../text.ts';
import { dateOf } from './amounts.ts';

/** What beside the customer's own answer is known; an API that does not tell it leaves it null. */
export interface Beside {
  deployment: DeploymentAnswer | null;
  job: JobView | null;
}

const titleWidth = 14;
/** `title         text`. */
export const titled = (title: string, text: string): string => oneLine(title.padEnd(titleWidth) + text);

type Answer = Omit<CustomerAnswer | SignupAnswer, 'success'>;

/** The account, a line each. */
function accountLines({ customer, subscription }: Answer): string[] {
  const { trial_ends_at: trialEnd, status } = subscription;
  const trial = trialEnd === null || status !== 'trialing' ? '' : ` until ${dateOf(trialEnd)}`;
  return [
    titled('customer', `${customer.customer_id}, short id ${customer.short_id}`),
    titled('organisation', customer.organisation_id),
    titled('company', customer.company_name),
    titled('email', customer.email),
    titled('plan', `${subscription.plan}, ${status}${trial}`),
  ];
}

/** Everything about one customer, a line each. */
export function customerLines(answer: Answer, beside: Beside = { deployment: null, job: null }): string[] {
  const { deployment } = answer;
  return [
    ...accountLines(answer),
    titled('wanted', wantedOf(answer, beside.deployment)),
    titled('observed', observedOf(answer, beside.deployment)),
    ...(beside.deployment?.suspended_for ? [titled('suspended for', words(beside.deployment.suspended_for))] : []),
    ...goingOn(answer, beside.job),
    ...(beside.deployment?.drift ?? []).map((one) => titled('drift', `${one.object}: ${one.kind}: ${one.difference}`)),
    titled('namespace', deployment.namespace),
    titled('address', deployment.instance_url),
  ];
}

/** Subscriptions whose stack is meant to be stopped. */
const stopped: readonly SubscriptionStatus[] = ['suspended', 'canceled'];

/** The deployment's status as a word for people: the API says `provisioning` of every run, also of one that suspends. */
export const statusWord = (status: DeploymentStatus, subscription: SubscriptionStatus, phase?: string): string =>
  status === 'provisioning' && (phase === 'suspended' || (phase === undefined && stopped.includes(subscription)))
    ? 'suspending'
    : status;

const words = (code: string): string => code.replaceAll('_', ' ');
const chart = (version: string | null | undefined): string => (version ? `, chart ${version}` : '');

function wantedOf({ deployment }: Answer, told: DeploymentAnswer | null): string {
  if (told === null) return `generation ${deployment.generation}`;
  const { phase, generation, plan, chart_version: version, cluster_id: cluster } = told.wanted;
  return `${phase}, generation ${generation}, ${plan}${chart(version)}, in cluster ${cluster}`;
}

/** `ready`, `failed` and so on are what the last run left, so the generation beside them is the observed one. */
function observedOf({ deployment, subscription }: Answer, told: DeploymentAnswer | null): string {
  const reason = 'reason' in deployment && deployment.reason !== null ? ` (${deployment.reason})` : '';
  const seen = told?.observed.generation ?? ('observed_generation' in deployment ? deployment.observed_generation : 0);
  const generation = seen === 0 ? 'no generation yet' : `generation ${seen}`;
  const status = statusWord(deployment.status, subscription.status, told?.wanted.phase);
  return `${status}${reason}, ${generation}${chart(told?.observed.chart_version)}`;
}

/** The job on its way to the wanted generation, or that none is. */
function goingOn({ deployment }: Answer, job: JobView | null): string[] {
  const seen = 'observed_generation' in deployment ? deployment.observed_generation : 0;
  const behind = seen < deployment.generation;
  if (job === null) {
    if (deployment.job_id !== null) return [titled('job', deployment.job_id)];
    return behind ? [titled('going on', `generation ${deployment.generation} is wanted, and no job is known`)] : [];
  }
  const percent = job.state === 'active' ? `, ${job.progress.percent} % ${job.progress.message}` : '';
  const what = `${job.verb} to generation ${job.generation}: ${job.state}${percent}`;
  const ended = job.state === 'completed' || job.state === 'failed';
  return [titled(ended ? 'last job' : 'going on', `${what} (${job.id})`)];
}

/** A key just made. */
export const keyLines = (apiKey: string, title = 'account key'): string[] => [
  titled(title, apiKey),
  'The key is shown this once only: keep it.',
];
