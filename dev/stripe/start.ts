/** The Stripe stand-in: what Stripe's objects do, served. */
import { assemble, type Core, type StandIn, type StandInOptions } from './assemble.ts';
import { objectRoutes } from './control/objects.ts';
import { customers } from './operations/customers.ts';
import { standInPages } from './pages/stand-in-pages.ts';

const core: Core = {
  operations: [...customers],
  due: () => ({ nextAt: () => null, run: async () => {} }),
  doorRoutes: objectRoutes,
  pages: standInPages,
};

/** Serves it on loopback. Webhooks go out once `listen` is called, and time passes by `runDue` or `followClock`. */
export const startStripe = (options: StandInOptions, log: (line: string) => void): Promise<StandIn> =>
  assemble(core, options, log);
