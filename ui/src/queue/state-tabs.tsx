/** The states of jobs as tabs with their counts. Each is a link: it can be opened in a window of its own, and gone back from. */
import { Badge, Nav, NavItem, NavList } from '@patternfly/react-core';
import { Link } from 'react-router';
import { type JobState, jobState, type QueueStats } from '../../../src/contracts/jobs.ts';
import { common } from '../texts/common.ts';
import { queueTexts as texts } from '../texts/queue.ts';

export interface StateTabsProps {
  chosen: JobState | null;
  counts: QueueStats | undefined;
  /** The address of a state's list; null is all of them. */
  addressOf: (state: JobState | null) => string;
}

export function StateTabs({ chosen, counts, addressOf }: StateTabsProps) {
  const sum = counts && Object.values(counts).reduce((a, b) => a + b, 0);
  const tab = (state: JobState | null, label: string, count: number | undefined) => (
    <NavItem key={label} isActive={state === chosen}>
      <Link to={addressOf(state)}>
        {label} <Badge isRead>{count ?? common.none}</Badge>
      </Link>
    </NavItem>
  );
  return (
    <Nav variant="horizontal-subnav" aria-label={texts.statesLabel}>
      <NavList>
        {tab(null, texts.all, sum)}
        {jobState.options.map((state) => tab(state, texts.states[state], counts?.[state]))}
      </NavList>
    </Nav>
  );
}
