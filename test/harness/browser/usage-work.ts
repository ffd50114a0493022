/** Usage of a customer, minute after minute from an hour ago: the test itself reports it. */
import { createReporter } from '../../../src/contracts/routes/reporters.ts';
import { reportUsage } from '../../../src/contracts/routes/usage-intake.ts';
import type { TestPlatform } from '../platform.ts';
import { apiOf } from './api.ts';

/** The platform's environment for it: a minute is a window. */
export const withMinutes = { ALLOW_SHORT_WINDOWS: 'true', RATE_LIMIT_REPORT: 'off' };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export interface Meter {
  /** Reports a minute more. @returns its end, as the API writes it */
  minute: (cpuHours: number) => Promise<string>;
  /** Reports the last minute once more, computed later. */
  again: (cpuHours: number) => Promise<void>;
}

/** @param customerId whose; a customer has one such meter */
export async function meterOf({ ready }: TestPlatform, customerId: string): Promise<Meter> {
  const admin = apiOf(ready.url, ready.admin_token);
  const begin = Math.floor(Date.now() / hourMs) * hourMs - hourMs;
  const { api_key } = await admin.call(createReporter, {
    params: { customerId },
    body: { instance_id: 'test', window_seconds: 60, active_from: new Date(begin).toISOString() },
  });
  const reporter = apiOf(ready.url, api_key);
  let end = begin;
  const report = async (cpuHours: number, computedAt: number) => {
    await reporter.call(reportUsage, {
      body: {
        customer_id: customerId,
        instance_id: 'test',
        timestamp: new Date(computedAt).toISOString(),
        window_start: new Date(end - minuteMs).toISOString(),
        window_end: new Date(end).toISOString(),
        cpu_hours: cpuHours,
        memory_gb_hours: cpuHours / 2,
      },
    });
  };
  return {
    async minute(cpuHours) {
      end += minuteMs;
      await report(cpuHours, end);
      return new Date(end).toISOString();
    },
    again: (cpuHours) => report(cpuHours, end + minuteMs),
  };
}
