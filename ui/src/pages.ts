/** Every page, by audience. */
import { consolePages } from './console/pages.ts';
import { organisationPages } from './organisation/pages.ts';
import type { Page } from './page.ts';
import { portalPages } from './portal/pages.ts';
import { queuePages } from './queue/pages.ts';

export const pages: readonly Page[] = [...portalPages, ...consolePages, ...queuePages, ...organisationPages];
