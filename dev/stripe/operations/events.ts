/** `/v1/events`, of the last 30 days: https://docs.stripe.com/api/events */
import type { Context, Operation } from '../context.ts';
import { missing, Refusal, refuse } from '../errors.ts';
import { operation } from '../operation.ts';
import { daySeconds } from '../seconds.ts';
import type { EventBody, Wire } from '../wire.ts';
import { listWire, paging } from './shared.ts';

const url = '/v1/events';
const keptMs = 30 * daySeconds * 1000;
const typesMax = 20;

const sinceMs = ({ now }: Context): number => now - keptMs;

/** A listed event says how many endpoints have not answered it yet: one or none. */
const wireOfEvent = ({ webhooks, answeredAt }: Context, event: EventBody): Wire =>
  ({ ...event, pending_webhooks: webhooks && answeredAt(event.id) === null ? 1 : 0 }) as Wire;

function known(context: Context, id: string | undefined, param: string): string | undefined {
  if (id !== undefined && context.store.event(id, sinceMs(context)) === null) {
    throw new Refusal({ ...missing('event', id, param), status: 400 });
  }
  return id;
}

export const events: readonly Operation[] = [
  operation({
    method: 'GET',
    path: url,
    parameters: {
      ...paging,
      created: 'span',
      delivery_success: 'boolean',
      type: 'text',
      types: { many: 'text' },
    },
    run(
      context,
      {
        values: {
          limit = 10,
          starting_after: after,
          ending_before: before,
          created,
          delivery_success: delivered,
          type,
          types,
        },
      },
    ) {
      if (type !== undefined && types !== undefined) {
        refuse('You may only specify one of these parameters: type, types.', 'parameters_exclusive');
      }
      if ((types?.length ?? 0) > typesMax) refuse(`At most ${typesMax} types.`, undefined, 'types');
      const found = context.store.events({
        types: types ?? (type === undefined ? undefined : [type]),
        sinceMs: sinceMs(context),
        created,
        after: known(context, after, 'starting_after'),
        before: known(context, before, 'ending_before'),
        limit: delivered === undefined ? limit + 1 : -1,
      });
      const wanted = found.filter(
        ({ id }) => delivered === undefined || (!context.webhooks || context.answeredAt(id) !== null) === delivered,
      );
      const data = before === undefined ? wanted.slice(0, limit) : wanted.slice(-limit);
      return listWire(
        url,
        data.map((event) => wireOfEvent(context, event)),
        wanted.length > limit,
      );
    },
  }),
  operation({
    method: 'GET',
    path: `${url}/:id`,
    parameters: {},
    run(context, { path: { id = '' } }) {
      const event = context.store.event(id, sinceMs(context));
      if (event === null) throw new Refusal(missing('event', id));
      return wireOfEvent(context, event);
    },
  }),
];
