/** Replacements that wait for a person, and those that were decided. */
import { Alert, AlertActionCloseButton, PageSection } from '@patternfly/react-core';
import { useState } from 'react';
import { reviewsQuery } from '../../../src/contracts/reviews.ts';
import { decideReviews, listReviews } from '../../../src/contracts/routes/usage-admin.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { useSelection } from '../list/selection.ts';
import { useMay } from '../session/session.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { consoleTexts } from '../texts/console.ts';
import { optionsOf } from '../texts/console-customers.ts';
import { reviewTexts as texts } from '../texts/console-operations.ts';
import { ChosenReviews, type Decided, OneReview } from './review-actions.tsx';
import { type Review, reviewColumns } from './review-columns.tsx';

const filterNames = ['state'] as const;
const states = optionsOf(texts.states);
const everyMs = 30_000;
const nameOf = ({ customer_id, window_end }: Review) => texts.select(customer_id, window_end);

const doing: Column<Review> = {
  key: 'actions',
  label: texts.columns.actions,
  always: true,
  cell: (review) => <OneReview review={review} />,
};

/** What was decided, and what was refused and why. */
function Results({ results, onClose }: { results: Decided; onClose: () => void }) {
  const refused = results.filter(({ status }) => status === 'refused');
  return (
    <div role="status">
      <Alert
        isInline
        variant={refused.length === 0 ? 'success' : 'warning'}
        title={texts.result(results.length - refused.length, refused.length)}
        actionClose={<AlertActionCloseButton onClose={onClose} />}
      >
        {refused.length === 0 ? null : (
          <ul>
            {refused.map(({ id, code = 'unavailable' }) => (
              <li key={id}>{texts.refusedOne(id, texts.refused[code])}</li>
            ))}
          </ul>
        )}
      </Alert>
    </div>
  );
}

export function Page() {
  const list = useListState(filterNames);
  const state = reviewsQuery.shape.state.safeParse(list.filters['state']).data ?? 'open';
  const selection = useSelection<Review>(nameOf);
  const mayCall = useMay();
  const [results, setResults] = useState<Decided | null>(null);
  const reviews = useRead(
    listReviews,
    { query: { state, page: list.page, limit: list.limit } },
    { everyMs, keep: true },
  );
  const mayDecide = state === 'open' && mayCall(decideReviews);
  return (
    <>
      <PageTitle title={consoleTexts.reviews} intro={texts.intro} />
      <PageSection className="tenantry-foreign">
        {results === null ? null : <Results results={results} onClose={() => setResults(null)} />}
        <List
          name="reviews"
          label={texts.label}
          columns={mayDecide ? [...reviewColumns, doing] : reviewColumns}
          idOf={({ review_id }) => review_id}
          state={{ ...list, filters: {} }}
          read={reviews}
          filters={<ListFilter list={list} name="state" label={texts.state} value={state} options={states} />}
          {...(mayDecide ? { selection } : {})}
          actions={<ChosenReviews selection={selection} onDecided={setResults} />}
          empty={<NothingYet title={texts.emptyTitle}>{state === 'open' ? texts.empty : texts.emptyOther}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
