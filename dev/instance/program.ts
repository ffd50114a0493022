/** How the example instance is run here: as the chart does, but with a PostgreSQL inside the process and no broker unless given. */
import { join } from 'node:path';
import { LOOPBACK } from '../data/http.ts';
import type { Program } from '../processes/supervised.ts';

/** What any program on this machine needs, and what the caller may choose for the instance. */
const PASSED = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR', 'MQTT_URL', 'MQTT_USERNAME', 'MQTT_PASSWORD'];

export interface InstanceSettings {
  /** The file to run, beside the project's packages. */
  entry: string;
  dataDir: string;
  billingApiUrl: string;
  publicUrl: string;
  port: number;
  env: Record<string, string | undefined>;
}

export function instanceProgram(
  { entry, dataDir, billingApiUrl, publicUrl, port, env }: InstanceSettings,
  { customerId, shortId, apiKey, companyName }: Record<'customerId' | 'shortId' | 'apiKey' | 'companyName', string>,
): Program {
  const passed = PASSED.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  const folder = join(dataDir, 'instance', shortId);
  return {
    name: `instance customer-${shortId}`,
    args: [entry],
    env: {
      ...Object.fromEntries(passed),
      LOG_LEVEL: env['LOG_LEVEL'] || 'warn',
      HOST: LOOPBACK,
      PORT: String(port),
      CUSTOMER_ID: customerId,
      COMPANY_NAME: companyName,
      API_KEY: apiKey,
      BILLING_API_URL: billingApiUrl,
      LICENSE_ISSUER: publicUrl,
      PGLITE_DIR: join(folder, 'postgres'),
      SPOOL_DIR: join(folder, 'spool'),
    },
  };
}
