/**
 * The key that the instance reports and pulls its licence with: a reporter `app-{shortId}` beside the deployment's own, made as
 * an operator makes one, and kept under DATA_DIR for its owner alone.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { reporterAnswer, type reporterBody } from '../../src/contracts/reporters.ts';
import { readJson, writePrivateJson } from '../data/private-file.ts';
import { PlatformError } from '../problem.ts';

/** What an application reports; the exporter has the rest. */
const meters = ['api_calls', 'http_bytes', 'mqtt_bytes', 'mqtt_messages', 'device_peak', 'device_total'];
const databaseMeters = ['postgres_mib_s', 'postgres_rows'];
const shortWindowSeconds = 60;
const windowSeconds = 3600;
const timeoutMs = 30_000;

const kept = z.object({ api_key: z.string() });

export interface ReporterOptions {
  folder: string;
  api: { url: string; token: string };
  customerId: string;
  shortId: string;
  shortWindows: boolean;
}

/** The key as it is kept, else a new one. Throws PlatformError with the API's answer. */
export async function instanceKey({
  folder,
  api,
  customerId,
  shortId,
  shortWindows,
}: ReporterOptions): Promise<string> {
  const file = join(folder, `${shortId}.json`);
  const known = kept.safeParse(readJson(file));
  if (known.success) return known.data.api_key;
  const body: z.input<typeof reporterBody> = {
    instance_id: `app-${shortId}`,
    meters: [...meters, ...databaseMeters],
    window_seconds: shortWindows ? shortWindowSeconds : windowSeconds,
    // The deployment's own reporter has them from the start.
    take_over: true,
  };
  const answer = await fetch(new URL(`/api/customers/${customerId}/reporters`, api.url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.token}`,
      'content-type': 'application/json',
      // A platform that was killed before the key was kept is answered with the same one.
      'idempotency-key': `embedded-instance-${shortId}`,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await answer.text();
  if (!answer.ok) throw new PlatformError(`the reporter app-${shortId} was answered with ${answer.status}: ${text}`);
  const { api_key } = reporterAnswer.parse(JSON.parse(text));
  mkdirSync(folder, { recursive: true });
  writePrivateJson(file, { api_key });
  return api_key;
}
