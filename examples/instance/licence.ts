/**
 * The guard of this instance. The guard pulls the licence by itself; what files bring (mounted Secrets: a licence, the key to ask
 * with) is read anew when it has changed, which a guard does not do.
 */
import { type Guard, type GuardOptions, type GuardStore, openGuard } from '@tenantry/licence-guard';
import type { Logger } from 'pino';
import type { ApiSettings, Secret } from './settings.ts';

const fileEveryMs = 60_000;

export interface Licence {
  guard(): Guard;
  /** Looks at the files, and asks the API. Never throws. */
  refresh(): Promise<void>;
  close(): void;
}

const textOf = (secret: Secret | null): string | undefined => secret?.() || undefined;

/** What files bring. */
interface Given {
  first: string | undefined;
  apiKey: string | undefined;
}

const givenBy = ({ licence, apiKey }: ApiSettings): Given => ({ first: textOf(licence.key), apiKey: textOf(apiKey) });

function optionsOf(settings: ApiSettings, { first, apiKey }: Given, store: GuardStore, log: Logger): GuardOptions {
  const { licence, billingApiUrl, customerId } = settings;
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
  const open = (given: Given) => openGuard(optionsOf(settings, given, store, log));
  let read = givenBy(settings);
  let guard = await open(read);
  const again = async (): Promise<void> => {
    const now = givenBy(settings);
    if (now.first === read.first && now.apiKey === read.apiKey) return;
    const next = await open(now);
    guard.close();
    guard = next;
    read = now;
  };
  const look = (): Promise<void> =>
    again().catch((error: Error) =>
      log.warn({ problem: error.message }, 'the files of licence and key could not be read'),
    );
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
