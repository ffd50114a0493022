/** What the instance is told by its environment; the chart writes it. A line for each variable that is wrong. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

type Env = Record<string, string | undefined>;

const text = z.string().min(1);
const portMax = 65_535;
const apiPort = 3002;
/** A port that a user who is not root may open; the chart's service makes 80 of it. */
const dashboardPort = 8080;

const webUrl = text.refine(
  (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
  'must be an http or https URL',
);
const brokerUrl = text.refine(
  (value) => /^(?:mqtts?|wss?):$/.test(URL.parse(value)?.protocol ?? ''),
  'must be an mqtt, mqtts, ws or wss URL',
);

/** Every variable that is read here; those of libpq are read by pg. */
export const variables = z.object({
  ROLE: z.enum(['all', 'api', 'dashboard']).default('all'),
  HOST: text.default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(portMax).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  COMPANY_NAME: text.default('This instance'),
  CUSTOMER_ID: z
    .string()
    .regex(/^cust_[0-9a-f]{32}$/, 'must be cust_ and 32 hex digits')
    .optional(),
  BILLING_API_URL: webUrl.optional(),
  API_KEY: text.optional(),
  API_KEY_FILE: text.optional(),
  ALLOW_PLAIN_HTTP: z.enum(['true', 'false']).default('false'),
  LICENSE_KEY: text.optional(),
  LICENSE_KEY_FILE: text.optional(),
  LICENSE_PUBLIC_KEY: text.optional(),
  LICENSE_ISSUER: webUrl.optional(),
  LICENSE_ENFORCEMENT: z.enum(['enforce', 'advisory']).default('enforce'),
  SPOOL_DIR: text.default('spool'),
  MQTT_URL: brokerUrl.optional(),
  MQTT_USERNAME: text.optional(),
  MQTT_PASSWORD: text.optional(),
  MQTT_PASSWORD_FILE: text.optional(),
  PGLITE_DIR: text.optional(),
  ADMIN_TOKEN: text.optional(),
  ADMIN_TOKEN_FILE: text.optional(),
  API_URL: webUrl.optional(),
});
type Variables = z.infer<typeof variables>;

/** Read anew at each call where it is a file, because a key may be rotated while the instance runs. */
export type Secret = () => string;

export interface ApiSettings {
  customerId: string;
  billingApiUrl: string;
  /** The application's reporter: its key pulls the licence and reports usage. Null: neither is done. */
  apiKey: Secret | null;
  allowPlainHttp: boolean;
  licence: { key: Secret | null; publicKey: string | null; issuer: string | null; advisory: boolean };
  /** Where usage waits until the billing API has it. */
  spoolDir: string;
  broker: { url: string; username: string | null; password: Secret | null } | null;
  /** A folder for a PostgreSQL inside this process; null: the one that PGHOST and its like name. */
  pgliteDir: string | null;
}

export interface Settings {
  host: string;
  port: number;
  logLevel: string;
  companyName: string;
  /** What an administrator's calls and the page ask for; null: nothing is asked. */
  adminToken: Secret | null;
  /** Null: this process is the page alone. */
  api: ApiSettings | null;
  /** Whether the page is shown, and whose data: of this process, or of the API there. */
  page: 'none' | 'own' | { apiUrl: string };
}

/** What may stand behind `Bearer`. */
const bearerForm = /^[\w.~+/-]+=*$/;

const secretOf = (value: string | undefined, file: string | undefined): Secret | null => {
  if (value !== undefined) return () => value;
  return file === undefined ? null : () => readFileSync(file, 'utf8').trim();
};

/** Files that cannot be read are told at the start, not at the first use. */
const unreadable = (read: Variables): string[] =>
  (['API_KEY_FILE', 'LICENSE_KEY_FILE', 'MQTT_PASSWORD_FILE', 'ADMIN_TOKEN_FILE'] as const).flatMap((name) => {
    const file = read[name];
    if (file === undefined) return [];
    try {
      readFileSync(file);
      return [];
    } catch (error) {
      return [`${name}: ${(error as Error).message}`];
    }
  });

function missing(read: Variables): string[] {
  if (read.ROLE === 'dashboard')
    return read.API_URL === undefined ? ['API_URL: is required where ROLE is dashboard'] : [];
  const required = (['CUSTOMER_ID', 'BILLING_API_URL'] as const).filter((name) => read[name] === undefined);
  const hasKey = read.API_KEY !== undefined || read.API_KEY_FILE !== undefined || read.LICENSE_PUBLIC_KEY !== undefined;
  return [
    ...required.map((name) => `${name}: is required`),
    ...(hasKey ? [] : ['API_KEY or LICENSE_PUBLIC_KEY: one is required, or no licence could be verified']),
  ];
}

function apiSettings(read: Variables): ApiSettings {
  return {
    customerId: read.CUSTOMER_ID ?? '',
    billingApiUrl: read.BILLING_API_URL ?? '',
    apiKey: secretOf(read.API_KEY, read.API_KEY_FILE),
    allowPlainHttp: read.ALLOW_PLAIN_HTTP === 'true',
    licence: {
      key: secretOf(read.LICENSE_KEY, read.LICENSE_KEY_FILE),
      publicKey: read.LICENSE_PUBLIC_KEY ?? null,
      issuer: read.LICENSE_ISSUER ?? null,
      advisory: read.LICENSE_ENFORCEMENT === 'advisory',
    },
    spoolDir: read.SPOOL_DIR,
    broker:
      read.MQTT_URL === undefined
        ? null
        : {
            url: read.MQTT_URL,
            username: read.MQTT_USERNAME ?? null,
            password: secretOf(read.MQTT_PASSWORD, read.MQTT_PASSWORD_FILE),
          },
    pgliteDir: read.PGLITE_DIR ?? null,
  };
}

/** @returns the settings, or what is wrong, a line each */
export function readSettings(env: Env): Settings | string[] {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = variables.safeParse(given);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const read = parsed.data;
  const faults = [...missing(read), ...unreadable(read)];
  if (faults.length > 0) return faults;
  const adminToken = secretOf(read.ADMIN_TOKEN, read.ADMIN_TOKEN_FILE);
  if (adminToken !== null && !bearerForm.test(adminToken())) return ['ADMIN_TOKEN: must be letters, digits and -._~+/'];
  const isPage = read.ROLE === 'dashboard';
  return {
    host: read.HOST,
    port: read.PORT ?? (isPage ? dashboardPort : apiPort),
    logLevel: read.LOG_LEVEL,
    companyName: read.COMPANY_NAME,
    adminToken,
    api: isPage ? null : apiSettings(read),
    page: isPage ? { apiUrl: read.API_URL ?? '' } : read.ROLE === 'all' ? 'own' : 'none',
  };
}
