import { expect, it } from 'vitest';
import { compareLooks } from '../../../exporter/sending/second-look.ts';
import type { Quantities, WindowReport } from '../../../src/contracts/usage.ts';

const look = (more: Quantities & { revision?: number; timestamp?: string }): WindowReport => ({
  customer_id: 'c',
  instance_id: 'i',
  namespace: 'n',
  timestamp: 't',
  window_start: 'a',
  window_end: 'b',
  revision: 1,
  complete: true,
  ...more,
});

it('is the same whenever it was computed', () => {
  expect(compareLooks(look({ cpu_hours: 1 }), look({ cpu_hours: 1, revision: 2, timestamp: 'later' }))).toBe('same');
});

it('is less when a quantity fell or is gone, more in others or not', () => {
  expect(compareLooks(look({ cpu_hours: 1 }), look({ cpu_hours: 0.9, http_requests: 5 }))).toBe('less');
  expect(compareLooks(look({ cpu_hours: 1 }), look({ http_requests: 5 }))).toBe('less');
});

it('is more when use was added, though late samples tell that fewer pods ran at once', () => {
  expect(compareLooks(look({ cpu_hours: 1, running_pods: 3 }), look({ cpu_hours: 1.5, running_pods: 2 }))).toBe(
    'changed',
  );
});
