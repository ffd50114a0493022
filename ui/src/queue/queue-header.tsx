/** The top of every page of the queue console: title, its parts, and whether the queue is paused. */
import { PageSection } from '@patternfly/react-core';
import { useLocation } from 'react-router';
import { LinkTabs } from '../list/link-tabs.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { queueTexts as texts } from '../texts/queue.ts';
import { causesAddress, historyAddress, lettersAddress, queueAddress } from './addresses.ts';
import { Pauses } from './pauses.tsx';

const parts = [
  { label: texts.parts.jobs, to: queueAddress },
  { label: texts.parts.causes, to: causesAddress },
  { label: texts.parts.deadLetters, to: lettersAddress },
  { label: texts.parts.history, to: historyAddress },
];

export function QueueHeader({ title, intro }: { title: string; intro?: string }) {
  const { pathname } = useLocation();
  return (
    <>
      <PageTitle title={title} {...(intro === undefined ? {} : { intro })} actions={<Pauses />} />
      <PageSection type="tabs">
        <LinkTabs label={texts.partsLabel} tabs={parts.map((part) => ({ ...part, isActive: part.to === pathname }))} />
      </PageSection>
    </>
  );
}
