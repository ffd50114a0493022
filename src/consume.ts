/** Which consumer takes which queue's messages. A queue that nobody takes is a broken deployment: its messages stay. */
import type { Services } from './services.ts';
import { consumeUsage } from './usage/consumer.ts';
import { consumeEvents } from './webhooks/consumer.ts';

export async function consumeBatch(batch: MessageBatch, services: Services): Promise<void> {
  switch (batch.queue) {
    case 'tenantry-usage':
    case 'tenantry-usage-dead':
      return await consumeUsage(batch, services);
    case 'tenantry-stripe':
    case 'tenantry-stripe-dead':
      return await consumeEvents(batch, services);
    default:
      services.log('error', 'no consumer for this queue', { queue: batch.queue });
      batch.retryAll({ delaySeconds: 300 });
  }
}
