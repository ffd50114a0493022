/** The pages' packages and the built pages, for tests that need them: brought once, as `npm start` does. */
import { buildPages, installPages } from '../../dev/pages/build.ts';

const quietly = { log: () => {}, signal: new AbortController().signal };

/** ui/node_modules is there: types and imports of ui/ can be read. */
export const installedPages = (): Promise<void> => installPages(quietly);

/** ui/dist is built of the sources as they are. */
export const builtPages = (): Promise<void> => buildPages(quietly);
