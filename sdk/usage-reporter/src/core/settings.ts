/** What a host says of its reporter, with what holds where it says nothing; everything wrong is told at once. */
import { type Clock, systemClock } from './clock.ts';
import type { Identity } from './report.ts';
import type { Store } from './store.ts';

export type Tell = (level: 'info' | 'warn' | 'error', message: string, details: Record<string, unknown>) => void;

export interface Devices {
  /** Connected, or active by whatever the application calls so: what is billed. */
  active: number;
  /** All that are known; shown, not billed. */
  total?: number;
}

export interface Database {
  /** Size in MB of 2^20 bytes; the average of a window is billed. */
  sizeMb: number;
  rows?: number;
}

export interface ReporterOptions {
  /** The billing API, e.g. `https://billing.example.com`. */
  api: string;
  /** The reporter's key, or who reads it: asked before each call, because it may be rotated. */
  apiKey: string | (() => string | Promise<string>);
  /** `cust_` and 32 hex digits. */
  customerId: string;
  /** Default: `app-` and the customer's short id. */
  instanceId?: string;
  /** Default: the customer's own, `customer-` and the short id. */
  namespace?: string;
  /** Where counts and reports are kept until the API has them: `fileStore(folder)`, `memoryStore()`. */
  store: Store;
  /** How many devices there are now; asked every minute. */
  devices?: () => number | Devices | Promise<number | Devices>;
  /** How large the application's database is; asked every minute. */
  database?: () => Database | Promise<Database>;
  /** What a kill may cost: counts are written that often, ms. Default: 1,000. */
  flushMs?: number;
  /** How often callbacks are asked, ms. Default: 60,000. */
  sampleMs?: number;
  /** How long after its end a window is closed, ms. Default: 10,000. */
  settleMs?: number;
  /** Reports of many instances are spread over so much time, ms. Default: 30,000. */
  spreadMs?: number;
  /** Windows that may wait; of more, the oldest are given up and counted in `status().dropped`. Default: 2,000. */
  windowsMax?: number;
  /** One call of the API, ms. Default: 30,000. */
  timeoutMs?: number;
  /** Lets the key go over http to another machine, readable on the way. */
  allowPlainHttp?: boolean;
  /** Default: warnings and errors go to the console. */
  log?: Tell;
  /** For tests. */
  fetch?: typeof fetch;
  clock?: Clock;
  random?: () => number;
}

export interface Settings {
  identity: Identity;
  apiUrl: string;
  key: () => string | Promise<string>;
  flushMs: number;
  sampleMs: number;
  settleMs: number;
  spreadMs: number;
  windowsMax: number;
  timeoutMs: number;
  tell: Tell;
  fetch: typeof fetch;
  clock: Clock;
  random: () => number;
}

/** A heartbeat is written that often at least. */
export const heartbeatMs = 15_000;

const toConsole: Tell = (level, message, details) => {
  if (level !== 'info') console[level](`usage-reporter: ${message}`, details);
};

const isLoopback = (hostname: string): boolean =>
  hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname) || /(?:^|\.)localhost$/.test(hostname);

/** Throws a TypeError with a line for each fault. */
export function settingsOf(options: ReporterOptions): Settings {
  const faults = faultsOf(options);
  if (faults.length > 0) throw new TypeError(`the usage reporter cannot start:\n${faults.join('\n')}`);
  const { apiKey, customerId } = options;
  const shortId = customerId.slice('cust_'.length, 'cust_'.length + 8);
  return {
    identity: {
      customerId,
      instanceId: options.instanceId ?? `app-${shortId}`,
      namespace: options.namespace ?? `customer-${shortId}`,
    },
    apiUrl: options.api,
    key: typeof apiKey === 'function' ? apiKey : () => apiKey,
    flushMs: options.flushMs ?? 1_000,
    sampleMs: options.sampleMs ?? 60_000,
    settleMs: options.settleMs ?? 10_000,
    spreadMs: options.spreadMs ?? 30_000,
    windowsMax: options.windowsMax ?? 2_000,
    timeoutMs: options.timeoutMs ?? 30_000,
    tell: options.log ?? toConsole,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

const numbers = ['flushMs', 'sampleMs', 'settleMs', 'spreadMs', 'windowsMax', 'timeoutMs'] as const;

function faultsOf(options: ReporterOptions): string[] {
  const faults: string[] = [];
  const url = URL.canParse(options.api) ? new URL(options.api) : null;
  if (!url || !/^https?:$/.test(url.protocol)) faults.push('api must be an http or https URL');
  else if (url.protocol === 'http:' && !isLoopback(url.hostname) && options.allowPlainHttp !== true) {
    faults.push('api must be https, because the key is sent to it; allowPlainHttp: true allows http');
  }
  if (!options.apiKey) faults.push('apiKey is required');
  if (!/^cust_[0-9a-f]{32}$/.test(options.customerId)) faults.push('customerId must be cust_ and 32 hex digits');
  if (!options.store) faults.push('store is required: fileStore(folder), or memoryStore()');
  for (const name of numbers) {
    const value = options[name];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0))
      faults.push(`${name} must be a number of 0 or more`);
  }
  return faults;
}
