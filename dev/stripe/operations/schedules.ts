/** `/v1/subscription_schedules`, from a subscription: https://docs.stripe.com/api/subscription_schedules */
import { endSubscription, setDues } from '../acts/subscription.ts';
import type { Context, Operation } from '../context.ts';
import { refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import { begin, move } from '../move.ts';
import { type Step, stepFrom } from '../objects/period.ts';
import type { Phase, Schedule } from '../objects/schedule.ts';
import { isOver, periodEndOf, periodStartOf, type Subscription } from '../objects/subscription.ts';
import { operation } from '../operation.ts';
import type { Parameters, ValuesOf } from '../parameters.ts';
import { secondsOf } from '../seconds.ts';
import { must, rendered } from '../wires.ts';
import { find, listed, merged, paging, retrieval } from './shared.ts';

const url = '/v1/subscription_schedules';
const phasesMax = 10;

const phaseFields = {
  duration: {
    of: { interval: { must: { one: ['day', 'week', 'month', 'year'] } }, interval_count: { whole: [1, 36] } },
  },
  end_date: 'time',
  items: {
    must: { many: { of: { metadata: 'metadata', price: { must: 'text' }, quantity: { whole: [0, 999_999] } } } },
  },
  metadata: 'metadata',
  proration_behavior: { one: ['create_prorations', 'always_invoice', 'none'] },
  start_date: 'time',
} as const satisfies Parameters;
type PhaseFields = ValuesOf<typeof phaseFields>;

const currentPhase = (subscription: Subscription): Phase => ({
  start: periodStartOf(subscription),
  end: periodEndOf(subscription),
  items: subscription.items.map(({ price, quantity, metadata }) => ({ price, quantity, metadata })),
  prorating: 'create_prorations',
  metadata: {},
});

function endOf({ duration, end_date: end }: PhaseFields, start: number, isLast: boolean, step: Step): number {
  if (end !== undefined && duration !== undefined)
    refuse('You may only specify one of these parameters: end_date, duration.', 'parameters_exclusive');
  if (end !== undefined) return end;
  if (duration !== undefined)
    return stepFrom(start, { interval: duration.interval, count: duration.interval_count ?? 1 }, 1);
  if (!isLast) refuse('Each phase but the last needs an end_date or a duration.', 'parameter_missing', 'phases');
  return stepFrom(start, step, 1);
}

/** The phases that a call gives, one after the other without a gap. */
function phasesOf(context: Context, schedule: Schedule, given: readonly PhaseFields[]): Phase[] {
  if (given.length === 0 || given.length > phasesMax)
    refuse(`A schedule has 1 to ${phasesMax} phases.`, undefined, 'phases');
  const running = schedule.phases[schedule.current];
  const [first] = given;
  if (running === undefined || first?.start_date !== running.start) {
    return refuse('The first phase must be the current one: pass its start_date.', undefined, 'phases[0][start_date]');
  }
  let start = running.start;
  return given.map((fields, index) => {
    if (index > 0 && fields.start_date !== undefined && fields.start_date !== start) {
      refuse('A phase begins where the one before it ends.', undefined, `phases[${index}][start_date]`);
    }
    const items = fields.items.map(({ price: id, quantity = 1, metadata }) => {
      const price = find(context, 'price', id, `phases[${index}][items]`);
      const { recurring } = price;
      if (recurring === null) return refuse('The price specified is set to `type=one_time`', undefined, 'phases');
      return {
        price: id,
        quantity: recurring.meter === null ? quantity : null,
        metadata: merged({}, metadata),
        recurring,
      };
    });
    const step = items[0]?.recurring ?? { interval: 'month', count: 1 };
    const end = endOf(fields, start, index === given.length - 1, step);
    if (end <= start) refuse('A phase ends after it begins.', undefined, `phases[${index}][end_date]`);
    if (end <= secondsOf(context.now))
      refuse('A phase cannot end in the past.', undefined, `phases[${index}][end_date]`);
    const phase: Phase = {
      start,
      end,
      items: items.map(({ recurring: _, ...item }) => item),
      prorating: fields.proration_behavior ?? 'create_prorations',
      metadata: merged({}, fields.metadata),
    };
    start = end;
    return phase;
  });
}

const release = (context: Context, schedule: Schedule): Schedule => {
  const released = move(context, 'subscription_schedule', schedule, 'released', { releasedAt: secondsOf(context.now) });
  const subscription = must(context, 'subscription', schedule.subscription);
  setDues(context, move(context, 'subscription', subscription, 'updated', { schedule: null }));
  return released;
};

export const schedules: readonly Operation[] = [
  operation({
    method: 'POST',
    path: url,
    // `from_subscription` takes nothing beside it: phases come in an update.
    parameters: { from_subscription: { must: 'text' } },
    run(context, { values: { from_subscription: id } }) {
      const subscription = find(context, 'subscription', id, 'from_subscription');
      if (isOver(subscription))
        refuse('You cannot migrate a subscription that is canceled.', undefined, 'from_subscription');
      if (subscription.schedule !== null) {
        refuse(
          'You cannot migrate a subscription that is already attached to a schedule.',
          undefined,
          'from_subscription',
        );
      }
      if (subscription.status === 'paused' || subscription.status === 'incomplete') {
        refuse(`You cannot migrate a subscription that is ${subscription.status}.`, undefined, 'from_subscription');
      }
      if (subscription.cancelAt !== null) {
        refuse(
          'You cannot migrate a subscription that is set to cancel to the stand-in’s schedules.',
          undefined,
          'from_subscription',
        );
      }
      const schedule = begin(
        context,
        'subscription_schedule',
        {
          id: newId('sub_sched'),
          created: secondsOf(context.now),
          customer: subscription.customer,
          subscription: subscription.id,
          currency: subscription.currency,
          status: 'active',
          endBehavior: 'release',
          phases: [currentPhase(subscription)],
          current: 0,
          metadata: {},
          canceledAt: null,
          completedAt: null,
          releasedAt: null,
        },
        'created',
      );
      setDues(context, move(context, 'subscription', subscription, 'updated', { schedule: schedule.id }));
      return rendered(context, 'subscription_schedule', schedule);
    },
  }),
  operation({
    method: 'GET',
    path: url,
    parameters: { ...paging, created: 'span', customer: 'text' },
    run: (context, { values: { customer, ...page } }) =>
      listed(context, 'subscription_schedule', url, page, { customer }),
  }),
  retrieval('subscription_schedule', url),
  operation({
    method: 'POST',
    path: `${url}/:id`,
    parameters: {
      end_behavior: { one: ['release', 'cancel'] },
      metadata: 'metadata',
      phases: { many: { of: phaseFields } },
      // Of the current phase's items, which the stand-in does not let a call change: there is nothing to prorate.
      proration_behavior: phaseFields.proration_behavior,
    },
    run(context, { path: { id = '' }, values }) {
      const schedule = find(context, 'subscription_schedule', id);
      const past = schedule.phases.slice(0, schedule.current);
      const phases =
        values.phases === undefined ? schedule.phases : [...past, ...phasesOf(context, schedule, values.phases)];
      const updated = move(context, 'subscription_schedule', schedule, 'updated', {
        endBehavior: values.end_behavior ?? schedule.endBehavior,
        metadata: merged(schedule.metadata, values.metadata),
        phases,
      });
      const [before, after] = [schedule.phases[schedule.current], phases[schedule.current]];
      if (JSON.stringify(before?.items) !== JSON.stringify(after?.items)) {
        refuse(
          'The stand-in changes no items of the current phase: update the subscription before it.',
          undefined,
          'phases[0][items]',
        );
      }
      setDues(context, must(context, 'subscription', schedule.subscription));
      return rendered(context, 'subscription_schedule', updated);
    },
  }),
  operation({
    method: 'POST',
    path: `${url}/:id/release`,
    parameters: {},
    run: (context, { path: { id = '' } }) =>
      rendered(context, 'subscription_schedule', release(context, find(context, 'subscription_schedule', id))),
  }),
  operation({
    method: 'POST',
    path: `${url}/:id/cancel`,
    parameters: {},
    run(context, { path: { id = '' } }) {
      const schedule = find(context, 'subscription_schedule', id);
      if (schedule.status !== 'active') refuse(`This schedule is ${schedule.status}: it can't be canceled.`);
      endSubscription(context, must(context, 'subscription', schedule.subscription), 'canceled');
      return rendered(context, 'subscription_schedule', must(context, 'subscription_schedule', id));
    },
  }),
];
