/** The pages of the queue console. */
import { listDeadLetters } from '../../../src/contracts/routes/dead-letters.ts';
import { listJobs, readJob, readQueueGroups, readQueueHistory } from '../../../src/contracts/routes/queue.ts';
import type { Page } from '../page.ts';
import { titles } from '../texts/titles.ts';
import { causesAddress, historyAddress, lettersAddress, queueAddress } from './addresses.ts';

const texts = titles.queue;
const audience = 'admin' as const;

export const queuePages: readonly Page[] = [
  {
    path: queueAddress,
    audience,
    title: texts.jobs,
    nav: texts.jobs,
    needs: listJobs,
    load: () => import('./jobs-page.tsx'),
  },
  {
    path: `${queueAddress}/jobs/:jobId`,
    audience,
    title: texts.job,
    needs: readJob,
    load: () => import('./job-page.tsx'),
  },
  {
    path: causesAddress,
    audience,
    title: texts.causes,
    needs: readQueueGroups,
    load: () => import('./causes-page.tsx'),
  },
  {
    path: lettersAddress,
    audience,
    title: texts.letters,
    needs: listDeadLetters,
    load: () => import('./letters-page.tsx'),
  },
  {
    path: historyAddress,
    audience,
    title: texts.history,
    needs: readQueueHistory,
    load: () => import('./history-page.tsx'),
  },
];
