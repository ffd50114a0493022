/**
 * The guard of this instance. The guard pulls the licence by itself; a licence that a file brings (a mounted Secret) is read
 * anew when the file has changed, which a guard does not do.
 */
import { type Guard, type GuardOptions, type GuardStore, openGuard } from '@tenantry/licence-guard';
import type { Logger } from 'pino';
import type { ApiSettings, Secret } from './settings.ts';

const fileEveryMs = 60_000;

export interface Licence {
  guard(): Guard;
  /** Looks at the file, and asks the API. Never throws. */
  refresh(): Promise<void>;
  close(): void;
}

const textOf = (secret: Secret | null): string | undefined => secret?.() || undefined;

function optionsOf(settings: ApiSettings, store: GuardStore, log: Logger): GuardOptions {
  const { licence, billingApiUrl, customerId } = settings;
  const apiKey = textOf(settings.apiKey);
  const first = textOf(licence.key);
  return {
    api: billingApiUrl,
    customerId,
    store,
    enforcement: licence.advisory ? 'advisory' : 'enforce',
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(first === undefined ? {} : { licence: first }),
    ...(licence.publicKey === null ? {} : { keys: { pem: licence.publicKey } }),
    ...(licence.issuer === null ? {} : { issuer: licence.issuer }),
    onChange: ({ mode, code, plan }) => log.info({ mode, code, plan }, 'the licence has changed'),
    onProblem: (problem) => log.warn({ problem }, 'the licence could not be brought up to date'),
    onRefusal: ({ message, details }) => log.info({ details }, message),
  };
}

export async function openLicence(settings: ApiSettings, store: GuardStore, log: Logger): Promise<Licence> {
  const open = () => openGuard(optionsOf(settings, store, log));
  let guard = await open();
  let read = textOf(settings.licence.key);
  const again = async (): Promise<void> => {
    const now = textOf(settings.licence.key);
    if (now === read) return;
    const next = await open();
    guard.close();
    guard = next;
    read = now;
  };
  const look = (): Promise<void> =>
    again().catch((error: Error) => log.warn({ problem: error.message }, 'the licence file could not be read'));
  const timer = setInterval(() => void look(), fileEveryMs);
  timer.unref();
  return {
    guard: () => guard,
    async refresh() {
      await look();
      await guard.refresh();
    },
    close() {
      clearInterval(timer);
      guard.close();
    },
  };
}
