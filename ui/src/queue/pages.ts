/** The pages of the queue console. */
import { listDeadLetters } from '../../../src/contracts/routes/dead-letters.ts';
import { listJobs, readJob, readQueueGroups, readQueueHistory } from '../../../src/contracts/routes/queue.ts';
import type { Page } from '../page.ts';
import { queueTexts as texts } from '../texts/queue.ts';
import { causesAddress, historyAddress, lettersAddress, queueAddress } from './addresses.ts';

const audience = 'admin' as const;

export const queuePages: readonly Page[] = [
  {
    path: queueAddress,
    audience,
    title: texts.title,
    nav: texts.title,
    needs: listJobs,
    load: () => import('./jobs-page.tsx'),
  },
  {
    path: `${queueAddress}/jobs/:jobId`,
    audience,
    title: texts.jobTitle,
    needs: readJob,
    load: () => import('./job-page.tsx'),
  },
  {
    path: causesAddress,
    audience,
    title: texts.causesTitle,
    needs: readQueueGroups,
    load: () => import('./causes-page.tsx'),
  },
  {
    path: lettersAddress,
    audience,
    title: texts.letters.title,
    needs: listDeadLetters,
    load: () => import('./letters-page.tsx'),
  },
  {
    path: historyAddress,
    audience,
    title: texts.history.title,
    needs: readQueueHistory,
    load: () => import('./history-page.tsx'),
  },
];
