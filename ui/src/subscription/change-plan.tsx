/** What another plan costs, before it is chosen, and choosing it. The price is asked for anew when it has expired. */
import { ActionList, ActionListItem, Button, Card, CardBody, CardTitle, Content } from '@patternfly/react-core';
import { useEffect, useRef } from 'react';
import type { AnswerTo, InputOf } from '../../../src/contracts/call.ts';
import { previewChange, upgradeSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import { moneyText } from '../money/money-text.ts';
import { ReadPart } from '../states/read-part.tsx';
import { subscriptionTexts } from '../texts/subscription.ts';
import { utcText } from '../time/time-text.ts';
import { subscriptionChanges } from './changes.ts';
import { type Preview, PreviewFacts } from './preview-facts.tsx';
import type { Wanted } from './wanted-plan.ts';

const texts = subscriptionTexts.change;

/** How long the price stands, ms: by the server's clock, for the reader's own may go wrong. */
const standsMs = ({ proration_date, valid_until }: Preview): number =>
  Date.parse(valid_until) - Date.parse(proration_date);

export interface ChangePlanProps {
  customerId: string;
  wanted: Wanted;
  /** Its name for people. */
  name: string;
  onLeave: () => void;
  onChanged: (said: string) => void;
}

export function ChangePlan({ customerId, wanted, name, onLeave, onChanged }: ChangePlanProps) {
  const asked = { customer_id: customerId, new_plan: wanted.plan, interval: wanted.interval };
  const preview = useRead(previewChange, { body: asked });
  const { data, dataUpdatedAt, refetch } = preview;
  useEffect(() => {
    if (data === undefined) return;
    const timer = setTimeout(() => void refetch(), dataUpdatedAt + standsMs(data) - Date.now());
    return () => clearTimeout(timer);
  }, [data, dataUpdatedAt, refetch]);
  // It stands above the link that led here, perhaps out of sight.
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.focus(), []);
  const title = subscriptionTexts.preview.title(name, wanted.interval);
  return (
    <section ref={section} tabIndex={-1} aria-label={title}>
      <Card>
        <CardTitle component="h2" className="tenantry-foreign">
          {title}
        </CardTitle>
        <CardBody>
          <ReadPart read={preview}>
            {(found) => (
              <>
                <PreviewFacts of={found} minutes={Math.round(standsMs(found) / 60_000)} />
                <ActionList className="tenantry-actions">
                  <Choose asked={asked} preview={found} name={name} onChanged={onChanged} />
                  <ActionListItem>
                    <Button variant="link" onClick={onLeave}>
                      {subscriptionTexts.preview.back}
                    </Button>
                  </ActionListItem>
                </ActionList>
              </>
            )}
          </ReadPart>
          {data === undefined ? (
            <Content>
              <Button variant="link" onClick={onLeave}>
                {subscriptionTexts.preview.back}
              </Button>
            </Content>
          ) : null}
        </CardBody>
      </Card>
    </section>
  );
}

interface ChooseProps extends Pick<ChangePlanProps, 'name' | 'onChanged'> {
  asked: InputOf<typeof previewChange>['body'];
  preview: Preview;
}

/** The upgrade names the moment of the preview, so that it costs what is shown. */
function Choose({ asked, preview, name, onChanged }: ChooseProps) {
  const isNow = preview.effective === 'now';
  const day = utcText(Date.parse(preview.effective_at)).slice(0, 10);
  const said = ({ effective, invoice }: AnswerTo<typeof upgradeSubscription>) =>
    effective === 'now'
      ? texts.doneNow(name, invoice === null ? null : moneyText(invoice.amount_due_cents))
      : texts.doneLater(name);
  return (
    <ActionListItem>
      <Deed
        route={upgradeSubscription}
        label={isNow ? texts.now(name) : texts.later(name)}
        title={isNow ? texts.titleNow(name) : texts.titleLater(name)}
        what={<Words of={isNow ? texts.whatNow(moneyText(preview.due_now_cents)) : texts.whatLater(day)} />}
        variant="primary"
        input={() => ({ body: { ...asked, ...(isNow ? { proration_date: preview.proration_date } : {}) } })}
        changes={subscriptionChanges}
        onDone={(answer) => onChanged(said(answer))}
      />
    </ActionListItem>
  );
}
