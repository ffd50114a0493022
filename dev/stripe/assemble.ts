/**
 * The parts of the stand-in, put together and served: rows, API, webhooks, control door, pages, time. Owns the order of
 * starting and ending; what Stripe is, is the core that it is given.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Commit, groupCommit } from '../data/group-commit.ts';
import { openApi } from './api.ts';
import type { Context, Operation, Timed } from './context.ts';
import { contextsOf } from './contexts.ts';
import { controlDoor, type DoorRoute } from './control/door.ts';
import { ownRoutes } from './control/routes.ts';
import { openFaults } from './faults.ts';
import { openIdempotency } from './idempotency.ts';
import { takeOverOldFile } from './old-file.ts';
import { rateLimit } from './rate-limit.ts';
import { routerOf } from './router.ts';
import { type Area, startServer } from './server.ts';
import { openStripeStore, type Store } from './store.ts';
import { openTime } from './time.ts';
import { undoable } from './undoable.ts';
import { startDeliveries } from './webhooks/deliveries.ts';
import type { Endpoint } from './webhooks/send.ts';
import { openDeliveryStore } from './webhooks/store.ts';

/** As many as Stripe's live mode takes: https://docs.stripe.com/rate-limits. */
const callsPerSecond = 100;
const lookEveryMs = 1000;

export type StandInOptions = {
  /** Of the file. */
  path: string;
  secretKey: string;
  /** Tried first. */
  port?: number | undefined;
  /** The platform's clock, ms. */
  now?: () => number;
  /** Where events go; without one nobody listens. */
  webhook?: Endpoint | undefined;
  /** Null: as many as come. */
  callsPerSecond?: number | null;
};

/** Does something as an operation does, in a commit of its own; what it emits goes out. Rejects with its Refusal. */
export type Act = <T>(work: (context: Context) => T) => Promise<T>;

/** The context of something that only reads. */
export type Look = () => Context;

/** What Stripe's objects do. */
export type Core = {
  operations: readonly Operation[];
  due: (store: Store, commit: Commit, contextAt: (now: number) => Context) => Timed;
  doorRoutes: (act: Act, look: Look) => readonly DoorRoute[];
  /** @param origin where they are served: `http://127.0.0.1:4242` */
  pages: (act: Act, look: Look, origin: string) => Area;
};
export type StandIn = Awaited<ReturnType<typeof assemble>>;

export async function assemble(core: Core, options: StandInOptions, log: (line: string) => void) {
  const { path, secretKey, port, now: clockNow = Date.now, webhook } = options;
  const store = openStripeStore(path);
  takeOverOldFile(store);
  const commit = groupCommit(store.db);
  const faults = openFaults();
  const deliveries = openDeliveryStore(store.db, webhook !== undefined);
  const answeredAt = (eventId: string) => deliveries.byEvent(eventId)?.answered_at ?? null;
  const eventOf = (id: string) => store.event(id, 0);
  const sender =
    webhook === undefined
      ? null
      : startDeliveries({ store: deliveries, endpoint: webhook, faults, eventOf, clockNow, log });

  let pages = '';
  const contextAt = (now: number, request?: Parameters<ReturnType<typeof contextsOf>>[1]) =>
    contextsOf({ store, pages, webhooks: webhook !== undefined, answeredAt })(now, request);
  const due = core.due(store, commit, contextAt);
  const stopping = new AbortController();
  const time = openTime(clockNow, sender === null ? [due] : [sender, due], stopping.signal);

  // Until the platform listens, what is emitted waits in its row.
  let listening = false;
  const onCommitted = () => {
    if (listening) sender?.kick(time.now());
  };
  const look: Look = () => contextAt(time.now());
  const act: Act = async (work) => {
    const outcome = await commit(() => {
      try {
        return { result: undoable(store.db, () => work(contextAt(time.now()))) };
      } catch (error) {
        return { error };
      }
    });
    onCommitted();
    if ('error' in outcome) throw outcome.error;
    return outcome.result;
  };

  const server = await startServer(
    {
      secretKey,
      port,
      limit: rateLimit(options.callsPerSecond === undefined ? callsPerSecond : options.callsPerSecond),
      faults,
      log,
    },
    (url) => {
      pages = url;
      const idempotency = openIdempotency(store.db);
      const router = routerOf(core.operations);
      const api = openApi({
        db: store.db,
        commit,
        router,
        idempotency,
        contextAt,
        now: time.now,
        onCommitted,
        log,
      });
      const own = ownRoutes({ faults, deliveries, sender, now: time.now });
      return { api, door: controlDoor([...own, ...core.doorRoutes(act, look)]), pages: core.pages(act, look, url) };
    },
  );

  let looking = Promise.resolve();
  const lookOften = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await time.runDue(clockNow()).catch((error: unknown) => log(`stripe: what is due: ${String(error)}`));
      await sleep(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  return {
    url: server.url,
    /** Lives through everything that is due up to `until`, ms; resolves when its webhooks are answered, or have failed. */
    runDue: time.runDue,
    /** Webhooks go out from here on: what waits, and what happens. */
    listen(): void {
      listening = true;
      onCommitted();
    },
    /** Follows a running clock from here on. */
    followClock(): void {
      looking = lookOften();
    },
    /** Resolves when no webhook is under way. */
    settled: async (): Promise<void> => await sender?.settled(),
    isSettled: (): boolean => sender === null || sender.isSettled(),
    /** Sends nothing more and lets nothing more become due; what waits goes out at the next start. */
    async quiet(): Promise<void> {
      stopping.abort();
      await sender?.stop();
      await looking;
    },
    async close(): Promise<void> {
      stopping.abort();
      await sender?.stop();
      await looking;
      await server.close();
      store.close();
    },
  };
}
