/** How far an order for many is. Its id stands in the address, so that a reload still shows it. */
import { Alert, AlertActionCloseButton, Progress } from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useSearchParams } from 'react-router';
import { listDeadLetters, readDeadLetterGroups } from '../../../src/contracts/routes/dead-letters.ts';
import { listJobs, readQueueGroups, readQueueStats } from '../../../src/contracts/routes/queue.ts';
import { readBatch } from '../../../src/contracts/routes/queue-orders.ts';
import { listEvents } from '../../../src/contracts/routes/webhooks.ts';
import { keyOf, useRead } from '../data/use-read.ts';
import { FailureAlert } from '../states/failure-alert.tsx';
import { queueTexts } from '../texts/queue.ts';

const texts = queueTexts.batch;
const everyMs = 1_000;
const changed = [listJobs, readQueueStats, readQueueGroups, listDeadLetters, readDeadLetterGroups, listEvents];
const parameter = 'batch';

/** Puts an order that has begun into the address. */
export function useShowBatch(): (answer: { batch_id: string }) => void {
  const [, setQuery] = useSearchParams();
  return ({ batch_id }) =>
    setQuery((before) => {
      const after = new URLSearchParams(before);
      after.set(parameter, batch_id);
      return after;
    });
}

export function BatchProgress() {
  const [query, setQuery] = useSearchParams();
  const id = query.get(parameter);
  return id === null ? null : (
    <Batch
      id={id}
      close={() =>
        setQuery((before) => {
          const after = new URLSearchParams(before);
          after.delete(parameter);
          return after;
        })
      }
    />
  );
}

function Batch({ id, close }: { id: string; close: () => void }) {
  const queries = useQueryClient();
  const { data, error } = useRead(readBatch, { params: { batchId: id } }, { everyMs });
  const done = data?.done;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it has done is what others show
  useEffect(() => {
    for (const route of changed) void queries.invalidateQueries({ queryKey: keyOf(route) });
  }, [done, data?.state, queries]);
  if (data === undefined) return error === null ? null : <FailureAlert failure={error.failure} />;
  const isDone = data.state === 'done';
  const title = isDone ? texts.done(data.done, data.matched) : texts.running(data.done, data.matched);
  return (
    <div role="status">
      <Alert
        isInline
        variant={isDone ? 'success' : 'info'}
        title={title}
        actionClose={<AlertActionCloseButton onClose={close} />}
      >
        {isDone ? null : (
          <Progress aria-label={texts.label} value={data.matched === 0 ? 100 : (100 * data.done) / data.matched} />
        )}
        {data.refused.map(({ code, items }) => (
          <p key={code}>{texts.refused(items, code)}</p>
        ))}
      </Alert>
    </div>
  );
}
