/** The exporter's command line: nothing to run the service, or `--from T --to T --dry-run`. */
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../src/lib/result.ts';

export type Options = { mode: 'run' } | { mode: 'dry-run'; from: string; to: string };

export function readOptions(args: string[]): Result<Options, string> {
  try {
    const { values } = parseArgs({
      args,
      options: { from: { type: 'string' }, to: { type: 'string' }, 'dry-run': { type: 'boolean' } },
    });
    const { from, to } = values;
    if (!values['dry-run']) return from || to ? err('--from and --to need --dry-run') : ok({ mode: 'run' });
    return from && to ? ok({ mode: 'dry-run', from, to }) : err('--dry-run needs --from and --to');
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
}
