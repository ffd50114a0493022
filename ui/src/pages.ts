/** Every page, by audience. */
import { organisationPages } from './organisation/pages.ts';
import type { Page } from './page.ts';
import { queuePages } from './queue/pages.ts';

export const pages: readonly Page[] = [...queuePages, ...organisationPages];
