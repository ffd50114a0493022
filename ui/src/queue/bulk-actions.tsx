/** What is done with several jobs at once: with those that are chosen, or with all that the list's filters find. */
import { Button, ToolbarItem } from '@patternfly/react-core';
import type { InputOf } from '../../../src/contracts/call.ts';
import type { JobState, JobView } from '../../../src/contracts/jobs.ts';
import type { BulkAction } from '../../../src/contracts/queue.ts';
import { listJobs, readQueueStats } from '../../../src/contracts/routes/queue.ts';
import { beginBulk, cleanQueue } from '../../../src/contracts/routes/queue-orders.ts';
import { Deed } from '../confirm/deed.tsx';
import { saying } from '../confirm/saying.ts';
import type { Selection } from '../list/selection.ts';
import { queueTexts as texts } from '../texts/queue.ts';
import { useShowBatch } from './batch-progress.tsx';

const changes = [listJobs, readQueueStats];
const dayS = 86_400;

const fits: Record<BulkAction, readonly JobState[]> = {
  retry: ['failed'],
  promote: ['delayed'],
  remove: ['waiting', 'delayed', 'completed', 'failed'],
};
const actions = ['retry', 'promote', 'remove'] as const;
const whats = { retry: texts.bulk.whatRetry, promote: texts.bulk.whatPromote, remove: texts.bulk.whatRemove };

const What = ({ action }: { action: BulkAction }) => (
  <>
    <p>{whats[action]}</p>
    <p>{texts.bulk.rate}</p>
  </>
);

/** One button for each thing that some of the chosen jobs are in a state for, with how many. */
export function ChosenActions({ selection }: { selection: Selection<JobView> }) {
  const show = useShowBatch();
  const chosen = [...selection.chosen.values()];
  if (chosen.length === 0) return null;
  return (
    <>
      {actions.map((action) => {
        const ids = chosen.filter(({ state }) => fits[action].includes(state)).map(({ id }) => id);
        const label = texts.bulk[action](ids.length);
        return ids.length === 0 ? null : (
          <ToolbarItem key={action}>
            <Deed
              route={beginBulk}
              label={label}
              title={`${label}?`}
              what={<What action={action} />}
              reason="optional"
              isDangerous={action === 'remove'}
              input={(reason) => ({ body: { action, ids, ...saying(reason) } })}
              changes={changes}
              onDone={(answer) => {
                selection.clear();
                show(answer);
              }}
            />
          </ToolbarItem>
        );
      })}
      <ToolbarItem>
        <Button variant="link" onClick={selection.clear}>
          {texts.bulk.clear}
        </Button>
      </ToolbarItem>
    </>
  );
}

type BulkFilter = NonNullable<InputOf<typeof beginBulk>['body']['filter']>;

/** Retrying all that the filters find, on the list of failed jobs. */
export function RetryMatching({ filter }: { filter: BulkFilter }) {
  const show = useShowBatch();
  return (
    <ToolbarItem>
      <Deed
        route={beginBulk}
        label={texts.bulk.allFailed}
        title={texts.bulk.allFailedTitle}
        what={<What action="retry" />}
        reason="optional"
        input={(reason) => ({
          body: { action: 'retry' as const, filter, ...saying(reason) },
        })}
        changes={changes}
        onDone={show}
      />
    </ToolbarItem>
  );
}

/** Taking ended jobs out of the lists. */
export function Clean({ state, onCleaned }: { state: 'completed' | 'failed'; onCleaned: (count: number) => void }) {
  return (
    <ToolbarItem>
      <Deed
        route={cleanQueue}
        label={texts.clean.label}
        title={texts.clean.title[state]}
        what={<p>{texts.clean.what}</p>}
        reason="optional"
        isDangerous
        input={(reason) => ({
          body: { state, older_than_seconds: dayS, ...saying(reason) },
        })}
        changes={changes}
        onDone={({ cleaned }) => onCleaned(cleaned)}
      />
    </ToolbarItem>
  );
}
