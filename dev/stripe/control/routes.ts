/** The control door's view of the stand-in itself: faults, deliveries, the objects as they are kept. */
import { z } from 'zod';
import { type Faults, faultRule } from '../faults.ts';
import type { Deliveries } from '../webhooks/deliveries.ts';
import type { DeliveryStore } from '../webhooks/store.ts';
import { DoorRefusal } from './answers.ts';
import { type DoorRoute, doorRoute, nothing } from './door.ts';

const deliveriesShownMax = 1000;

type Parts = {
  faults: Faults;
  deliveries: DeliveryStore;
  /** Null where nobody listens. */
  sender: Deliveries | null;
  now: () => number;
};

export function ownRoutes({ faults, deliveries, sender, now }: Parts): DoorRoute[] {
  /** What waits for its next attempt goes out now; an event that is named goes out once more, answered or not. */
  async function deliver(eventId: string | undefined) {
    if (sender === null) throw new DoorRefusal(409, 'the stand-in has no webhook endpoint');
    const at = now();
    if (eventId === undefined) deliveries.hasten(at);
    else if (!deliveries.again(eventId, at)) throw new DoorRefusal(404, `no event ${eventId} was ever delivered`);
    await sender.run(at);
    return { waiting: deliveries.page(true, deliveriesShownMax) };
  }

  return [
    doorRoute('GET', '/_stand-in/faults', nothing, () => ({ faults: faults.list() })),
    doorRoute('POST', '/_stand-in/faults', faultRule, ({ body }) => faults.add(body)),
    doorRoute('DELETE', '/_stand-in/faults', nothing, () => {
      faults.clear();
      return { faults: faults.list() };
    }),
    doorRoute('DELETE', '/_stand-in/faults/:id', nothing, ({ path }) => {
      faults.clear(Number(path['id']));
      return { faults: faults.list() };
    }),
    doorRoute('GET', '/_stand-in/deliveries', nothing, ({ query }) => ({
      deliveries: deliveries.page(query.get('waiting') === 'true', deliveriesShownMax),
    })),
    doorRoute('POST', '/_stand-in/deliver', z.strictObject({ event_id: z.string().optional() }), ({ body }) =>
      deliver(body.event_id),
    ),
  ];
}
