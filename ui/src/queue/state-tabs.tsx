/** The states of jobs as tabs with their counts; each is an address. */
import { Badge, Tab, Tabs, TabTitleText } from '@patternfly/react-core';
import { type JobState, jobState, type QueueStats } from '../../../src/contracts/jobs.ts';
import { common } from '../texts/common.ts';
import { queueTexts as texts } from '../texts/queue.ts';

export interface StateTabsProps {
  chosen: JobState | null;
  counts: QueueStats | undefined;
  onChoose: (state: JobState | null) => void;
}

const all = 'all';

export function StateTabs({ chosen, counts, onChoose }: StateTabsProps) {
  const sum = counts && Object.values(counts).reduce((a, b) => a + b, 0);
  const title = (label: string, count: number | undefined) => (
    <>
      <TabTitleText>{label}</TabTitleText> <Badge isRead>{count ?? common.none}</Badge>
    </>
  );
  return (
    <Tabs
      component="nav"
      aria-label={texts.statesLabel}
      activeKey={chosen ?? all}
      onSelect={(event, key) => {
        event.preventDefault();
        onChoose(jobState.options.find((state) => state === key) ?? null);
      }}
    >
      {[
        <Tab key={all} eventKey={all} href="/admin/queues" title={title(texts.all, sum)} />,
        ...jobState.options.map((state) => (
          <Tab
            key={state}
            eventKey={state}
            href={`/admin/queues?state=${state}`}
            title={title(texts.states[state], counts?.[state])}
          />
        )),
      ]}
    </Tabs>
  );
}
