/** `--from T --to T --dry-run`: past windows as NDJSON, the exact POST bodies. Sends nothing, keeps nothing. */
import { err, ok, type Result } from '../src/lib/result.ts';
import type { Measure } from './measure.ts';
import type { Span } from './metering/series.ts';

/** The windows between two aligned times, or why there are none. */
export function windowsBetween(from: string, to: string, windowMs: number, nowMs: number): Result<Span[], string> {
  const startMs = Date.parse(from);
  const endMs = Date.parse(to);
  if (Number.isNaN(startMs)) return err(`--from ${from}: not a time; write it as 2026-11-21T10:00:00Z`);
  if (Number.isNaN(endMs)) return err(`--to ${to}: not a time; write it as 2026-11-21T10:00:00Z`);
  if (startMs % windowMs !== 0) return err(`--from ${from}: not at the edge of a ${windowMs / 1000} s window`);
  if (endMs % windowMs !== 0) return err(`--to ${to}: not at the edge of a ${windowMs / 1000} s window`);
  if (endMs <= startMs) return err('--to must be after --from');
  if (endMs > nowMs) return err(`--to ${to}: that window is not over yet`);
  const count = (endMs - startMs) / windowMs;
  return ok(
    Array.from({ length: count }, (_, i) => ({ startMs: startMs + i * windowMs, endMs: startMs + (i + 1) * windowMs })),
  );
}

/** Prints one line per window in order; ends at the first that Prometheus does not answer for. */
export async function dryRun(
  measure: Measure,
  windows: Span[],
  print: (line: string) => void,
): Promise<Result<null, string>> {
  for (const window of windows) {
    const report = await measure(window);
    if (!report.ok) return err(`Prometheus query failed (${report.error.kind}): ${report.error.message}`);
    print(JSON.stringify(report.value));
  }
  return ok(null);
}
