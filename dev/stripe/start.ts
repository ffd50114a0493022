/** The Stripe stand-in: what Stripe's objects do, served. */
import { assemble, type Core, type StandIn, type StandInOptions } from './assemble.ts';
import { deedRoutes } from './control/acts.ts';
import { objectRoutes } from './control/objects.ts';
import { openDue } from './due.ts';
import { operations } from './operations/all.ts';
import { standInPages } from './pages/stand-in-pages.ts';

const core: Core = {
  operations,
  due: openDue,
  doorRoutes: (act, look) => [...objectRoutes(act, look), ...deedRoutes(act)],
  pages: standInPages,
};

/** Serves it on loopback. Webhooks go out once `listen` is called, and time passes by `runDue` or `followClock`. */
export const startStripe = (options: StandInOptions, log: (line: string) => void): Promise<StandIn> =>
  assemble(core, options, log);
