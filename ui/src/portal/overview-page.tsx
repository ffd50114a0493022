/** Where a customer stands: plan and trial, cost so far with its forecast, and usage against what is included. */
import { Grid, GridItem, PageSection } from '@patternfly/react-core';
import { readCost, readForecast } from '../../../src/contracts/routes/costs.ts';
import { readCustomer } from '../../../src/contracts/routes/customers.ts';
import { useRead } from '../data/use-read.ts';
import { PageTitle } from '../shell/page-title.tsx';
import { portalTexts as texts } from '../texts/portal.ts';
import { AllowanceBars } from './allowance-bars.tsx';
import { CostSoFar } from './cost-so-far.tsx';
import { useCustomer } from './customer.ts';
import { Part } from './part.tsx';
import { PlanFacts } from './plan-part.tsx';

const everyMs = 60_000;

export function Page() {
  const params = useCustomer();
  const customer = useRead(readCustomer, { params }, { everyMs });
  const cost = useRead(readCost, { params }, { everyMs });
  const forecast = useRead(readForecast, { params }, { everyMs });
  return (
    <>
      <PageTitle title={texts.titles.overview} />
      <PageSection>
        <Grid hasGutter>
          <GridItem lg={6}>
            <Part title={texts.plan.title} read={customer} lines={6}>
              {(answer) => <PlanFacts answer={answer} cost={cost.data} />}
            </Part>
          </GridItem>
          <GridItem lg={6}>
            <CostSoFar cost={cost} forecast={forecast} />
          </GridItem>
          <GridItem span={12}>
            <Part title={texts.allowances.title} read={cost} lines={12}>
              {(answer) => <AllowanceBars cost={answer} />}
            </Part>
          </GridItem>
        </Grid>
      </PageSection>
    </>
  );
}
