/** Every page, by audience. */
import { consolePages } from './console/pages.ts';
import type { Page } from './page.ts';
import { queuePages } from './queue/pages.ts';

export const pages: readonly Page[] = [...consolePages, ...queuePages];
