/** Makes the context in which an operation runs. Owns the form of an event; which events there are is the operations'. */
import { randomBytes } from 'node:crypto';
import type { Context } from './context.ts';
import type { Store } from './store.ts';
import { API_VERSION } from './version.ts';
import type { EventBody, Wire } from './wire.ts';

const idBytes = 12;

export type Surroundings = {
  store: Store;
  /** Where the stand-in's pages are. */
  pages: string;
  webhooks: boolean;
  answeredAt: Context['answeredAt'];
};

/** Who asked: what time brings was asked for by nobody. */
const nobody: EventBody['request'] = { id: null, idempotency_key: null };

export function contextsOf({ store, pages, webhooks, answeredAt }: Surroundings) {
  return (now: number, request: EventBody['request'] = nobody): Context => ({
    store,
    now,
    pages,
    webhooks,
    answeredAt,
    emit(type: string, object: Wire, previous?: Record<string, unknown>): EventBody {
      const event: EventBody = {
        id: `evt_${randomBytes(idBytes).toString('hex')}`,
        object: 'event',
        api_version: API_VERSION,
        created: Math.floor(now / 1000),
        data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
        livemode: false,
        request,
        type,
      };
      store.addEvent(event, now);
      return event;
    },
  });
}
