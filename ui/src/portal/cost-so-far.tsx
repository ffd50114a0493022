/** What the running period costs so far, and where it will end. */
import { Alert, Content, Stack, StackItem } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { CostAnswer, ForecastAnswer } from '../../../src/contracts/cost.ts';
import { Facts } from '../list/facts.tsx';
import { moneyText } from '../money/money-text.ts';
import type { PartRead } from '../states/read-part.tsx';
import { portalTexts } from '../texts/portal.ts';
import { Time } from '../time/time.tsx';
import { costAddress, usageAddress } from './addresses.ts';
import { Part } from './part.tsx';

const texts = portalTexts.soFar;

function Forecast({ forecast }: { forecast: ForecastAnswer }) {
  const { method, total_cents, low_cents, high_cents, history_days } = forecast;
  return (
    <>
      <Content component="p" className="tenantry-amount">
        {moneyText(total_cents)}
      </Content>
      {method === 'none' ? null : (
        <Content component="p">{texts.range(moneyText(low_cents), moneyText(high_cents))}</Content>
      )}
      <Content component="small">{texts.methods[method](history_days)}</Content>
    </>
  );
}

export function CostNotes({ cost }: { cost: CostAnswer }) {
  return (
    <>
      {cost.note === null ? null : <Alert isInline variant="info" title={cost.note} />}
      {cost.complete ? null : (
        <Alert
          isInline
          variant="warning"
          title={texts.incomplete}
          actionLinks={<Link to={usageAddress}>{texts.toGaps}</Link>}
        />
      )}
      {cost.invoiceable ? null : <Alert isInline variant="info" title={texts.notInvoiced} />}
    </>
  );
}

export interface CostSoFarProps {
  cost: PartRead<CostAnswer>;
  forecast: PartRead<ForecastAnswer>;
}

export function CostSoFar({ cost, forecast }: CostSoFarProps) {
  return (
    <Stack hasGutter>
      <StackItem>
        <Part title={texts.title} read={cost} lines={4}>
          {(answer) => (
            <Stack hasGutter>
              <StackItem>
                <Content component="p" className="tenantry-amount">
                  {moneyText(answer.total_cents)}
                </Content>
                <Content component="small">{texts.beforeTax}</Content>
              </StackItem>
              <StackItem>
                <Facts
                  isHalf
                  facts={[
                    [
                      texts.period,
                      <span key="p">
                        <Time at={answer.period.start} /> – <Time at={answer.period.end} />
                      </span>,
                    ],
                  ]}
                />
              </StackItem>
              <StackItem>
                <CostNotes cost={answer} />
              </StackItem>
              <StackItem>
                <Link to={costAddress}>{texts.toLines}</Link>
              </StackItem>
            </Stack>
          )}
        </Part>
      </StackItem>
      <StackItem>
        <Part title={texts.forecast} read={forecast} lines={3}>
          {(answer) => <Forecast forecast={answer} />}
        </Part>
      </StackItem>
    </Stack>
  );
}
