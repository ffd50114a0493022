/** The pages of the queue console. */
import { listJobs } from '../../../src/contracts/routes/queue.ts';
import type { Page } from '../page.ts';
import { queueTexts as texts } from '../texts/queue.ts';

export const queuePages: readonly Page[] = [
  {
    path: '/admin/queues',
    audience: 'admin',
    title: texts.title,
    nav: texts.title,
    needs: listJobs,
    load: () => import('./jobs-page.tsx'),
  },
];
