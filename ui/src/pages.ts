/** Every page, by audience. */
import type { Page } from './page.ts';
import { queuePages } from './queue/pages.ts';

export const pages: readonly Page[] = [...queuePages];
