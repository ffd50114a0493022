/** Deciding about reviews: one, or those that are chosen. */
import { ActionList, ActionListItem, Button, ToolbarItem } from '@patternfly/react-core';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { readCost, readForecast } from '../../../src/contracts/routes/costs.ts';
import { acceptReview, decideReviews, listReviews, rejectReview } from '../../../src/contracts/routes/usage-admin.ts';
import { readUsage } from '../../../src/contracts/routes/usage-reads.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import type { Selection } from '../list/selection.ts';
import { reviewTexts as texts } from '../texts/console-operations.ts';
import type { Review } from './review-columns.tsx';
import { ReviewsTogether } from './reviews-together.tsx';

const changes = [listReviews, readUsage, readCost, readForecast];
const decisions = ['accept', 'reject'] as const;
const routeOf = { accept: acceptReview, reject: rejectReview };

export type Decided = AnswerTo<typeof decideReviews>['results'];

export function OneReview({ review }: { review: Review }) {
  if (review.state !== 'open') return null;
  const params = { reviewId: review.review_id };
  return (
    <ActionList>
      {decisions.map((decision) => (
        <ActionListItem key={decision}>
          <Deed
            route={routeOf[decision]}
            label={texts[decision].one}
            title={texts[decision].title(1)}
            what={<Words of={texts[decision].what} />}
            reason="needed"
            input={(reason = '') => ({ params, body: { reason } })}
            changes={changes}
          />
        </ActionListItem>
      ))}
    </ActionList>
  );
}

export interface ChosenReviewsProps {
  selection: Selection<Review>;
  onDecided: (results: Decided) => void;
}

export function ChosenReviews({ selection, onDecided }: ChosenReviewsProps) {
  const ids = [...selection.chosen.values()].filter(({ state }) => state === 'open').map(({ review_id }) => review_id);
  if (ids.length === 0) return null;
  return (
    <>
      {decisions.map((decision) => (
        <ToolbarItem key={decision}>
          <Deed
            route={decideReviews}
            label={texts[decision].many(ids.length)}
            title={texts[decision].title(ids.length)}
            what={
              <>
                {decision === 'accept' ? <ReviewsTogether ids={ids} /> : null}
                <Words of={texts[decision].what} />
              </>
            }
            reason="needed"
            input={(reason = '') => ({ body: { ids, decision, reason } })}
            changes={changes}
            onDone={({ results }) => {
              selection.clear();
              onDecided(results);
            }}
          />
        </ToolbarItem>
      ))}
      <ToolbarItem>
        <Button variant="link" onClick={selection.clear}>
          {texts.clear}
        </Button>
      </ToolbarItem>
    </>
  );
}
