/**
 * Whether exporters would take what was set for them, asked of the exporter itself before there is a namespace to meter:
 * by a dry run of times that are none, which it refuses after it has read its variables and before it asks anybody.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { minuteMs } from '../../src/lib/time.ts';
import { PlatformError } from '../problem.ts';
import { chosenIn, type ExporterSettings, exporterProgram } from './exporter.ts';

const ENTRY = fileURLToPath(new URL('../../exporter/main.ts', import.meta.url));
const NO_TIMES = ['--from', 'never', '--to', 'never', '--dry-run'];
const NOBODY = {
  name: 'customer-00000000',
  customerId: `cust_${'0'.repeat(32)}`,
  apiKey: 'none',
  applicationKey: null,
};

/** Throws PlatformError with a line for each variable that the exporter refuses. Costs nothing where none was set. */
export async function checkExporterVariables(settings: Omit<ExporterSettings, 'entry' | 'offsetMs'>): Promise<void> {
  const chosen = chosenIn(settings.env);
  if (chosen.length === 0) return;
  const namespace = { ...NOBODY, metering: true, runs: [], changedMs: 0 };
  const { args, env } = await exporterProgram({ ...settings, entry: async () => ENTRY, offsetMs: 0 }, namespace, 0);
  const said = await promisify(execFile)(process.execPath, [...args, ...NO_TIMES], { env, timeout: minuteMs }).then(
    ({ stderr }) => stderr,
    (error: { stderr?: string }) => error.stderr ?? '',
  );
  const faults = said.split('\n').filter((line) => chosen.some((name) => line.startsWith(name)));
  if (faults.length > 0) throw new PlatformError(faults.map((line) => `exporter: ${line}`).join('\n'));
}
