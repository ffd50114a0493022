/** Addresses of the queue console. */
export const queueAddress = '/admin/queues';
export const causesAddress = `${queueAddress}/causes`;
export const lettersAddress = `${queueAddress}/dead-letters`;
export const historyAddress = `${queueAddress}/history`;

export const jobAddress = (id: string): string => `${queueAddress}/jobs/${encodeURIComponent(id)}`;

/** The failed jobs of a cause. */
export const jobsOfCause = (cause: string): string =>
  `${queueAddress}?${new URLSearchParams({ state: 'failed', error: cause })}`;

/** Every job of a customer. */
export const jobsOfCustomer = (customerId: string): string =>
  `${queueAddress}?${new URLSearchParams({ customer_id: customerId })}`;
