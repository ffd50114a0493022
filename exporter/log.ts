/** JSON logs in seed 000's form: level as a word, message, timestamp, service, then the fields of the event. */
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { WindowReport } from '../src/contracts/usage.ts';

/** @param stream where to; the service writes to stdout, a dry run to stderr because stdout carries its reports */
export function createLog(
  level: string,
  stream: DestinationStream = destination({ dest: 1, sync: true }),
  service = 'billing-exporter',
): Logger {
  return pino(
    {
      level,
      base: { service },
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"timestamp":"${new Date().toISOString().slice(0, 19).replace('T', ' ')}"`,
    },
    stream,
  );
}

export const stderrStream = (): DestinationStream => destination({ dest: 2, sync: true });

const gigabyte = 2 ** 30;

/** The figures of a window as seed 000 logs them: decimals as texts of two places; what was not seen is absent. */
export function figuresOf(report: WindowReport): Record<string, unknown> {
  const { network_bytes_sent: sent, network_bytes_received: received } = report;
  const network = sent === undefined && received === undefined ? undefined : ((sent ?? 0) + (received ?? 0)) / gigabyte;
  return {
    window_start: report.window_start,
    window_end: report.window_end,
    complete: report.complete,
    gap_seconds: report.gap_seconds,
    missing: report.missing,
    network_gb: network?.toFixed(2),
    storage_gb: report.storage_used_gb?.toFixed(2),
    cpu_hours: report.cpu_hours?.toFixed(2),
    memory_gb_hours: report.memory_gb_hours?.toFixed(2),
    http_requests: report.http_requests,
  };
}
