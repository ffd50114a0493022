/** One project: what it costs, what of, since when. */
import { Card, CardBody, Flex, FlexItem, PageSection, Stack, StackItem } from '@patternfly/react-core';
import { lazy, Suspense } from 'react';
import { useParams, useSearchParams } from 'react-router';
import type { Overview } from '../../../src/contracts/organisation-billing.ts';
import { listBillingProjects, readProjectOverview } from '../../../src/contracts/routes/organisation-billing.ts';
import { useRead } from '../data/use-read.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { LineLoading, PageLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { organisationTexts } from '../texts/organisation.ts';
import { Time } from '../time/time.tsx';
import { organisationAddress } from './addresses.ts';
import { Breakdown } from './breakdown.tsx';
import { Dollars } from './dollars.tsx';
import { forOrganisation } from './for-organisation.tsx';
import { LiveLabel } from './live-label.tsx';
import { useOrganisation } from './organisation.tsx';
import { CompleteLabel, ProjectLabels } from './project-columns.tsx';
import { byMeter } from './splits.ts';
import { Trends } from './trends.tsx';
import { useLive } from './use-live.ts';

const texts = organisationTexts.project;
const splits = [byMeter];
const listMax = 100;

/** Its dialog and fields are of nobody's first look. */
const EditLabels = lazy(async () => ({ default: (await import('./edit-labels.tsx')).EditLabels }));

const factsOf = (overview: Overview): Fact[] => {
  const { billing_summary: bill, compute_instances: compute } = overview;
  return [
    [texts.monthTotal, <Dollars key="v" of={bill.current_month_total} />],
    [texts.forecast, <Dollars key="v" of={overview.forecast} />],
    [texts.previous, <Dollars key="v" of={overview.previous_month_total} />],
    [texts.lastDay, <Dollars key="v" of={bill.last_day_spend} />],
    [texts.hour, <Dollars key="v" of={bill.total_cost_per_hour} />],
    [texts.compute, <Dollars key="v" of={compute.cost_per_hour} />],
    [texts.pods, compute.running_pods],
    [texts.vms, compute.running_vms],
    [texts.cores, compute.cpu_cores],
    [texts.memory, texts.gib(compute.memory_gib)],
    [organisationTexts.asOf, <Time key="v" at={overview.as_of} />],
    [organisationTexts.complete, <CompleteLabel key="v" complete={overview.complete} />],
  ];
};

/** Its labels stand in the list of projects only. */
function Labels({ namespace, cluster }: { namespace: string; cluster: string | null }) {
  const { query, to, isOrgAdmin } = useOrganisation();
  const read = useRead(listBillingProjects, { query: { ...query, q: namespace, limit: listMax } });
  const project = read.data?.data.items.find(
    (one) => one.namespace === namespace && (cluster === null || one.cluster_id === cluster),
  );
  if (read.isPending) return <LineLoading width="12rem" />;
  if (project === undefined) return null;
  return (
    <Flex>
      <FlexItem>
        <ProjectLabels labels={project.labels} to={to} />
      </FlexItem>
      {isOrgAdmin ? (
        <FlexItem>
          <Suspense fallback={<LineLoading width="6rem" />}>
            <EditLabels project={project} />
          </Suspense>
        </FlexItem>
      ) : null}
    </Flex>
  );
}

function Project() {
  const { namespace = '' } = useParams();
  const [address] = useSearchParams();
  const cluster = address.get('cluster');
  const organisation = useOrganisation();
  const isLive = useLive(organisation);
  const query = { ...organisation.query, ...(cluster === null ? {} : { cluster }) };
  const read = useRead(readProjectOverview, { params: { namespace }, query });
  return (
    <>
      <PageTitle
        title={namespace}
        above={{ label: texts.toList, to: organisation.to(organisationAddress) }}
        label={<LiveLabel isLive={isLive} />}
      />
      <PageSection>
        <ReadPart read={read} loading={<PageLoading />}>
          {({ data: overview }) => (
            <Stack hasGutter>
              <StackItem>
                <Labels namespace={namespace} cluster={cluster} />
              </StackItem>
              <StackItem>
                <Card>
                  <CardBody>
                    <Facts label={texts.facts} facts={factsOf(overview)} />
                  </CardBody>
                </Card>
              </StackItem>
              <Breakdown overview={overview} />
              <StackItem>
                <Trends query={{ ...query, namespace }} splits={splits} />
              </StackItem>
            </Stack>
          )}
        </ReadPart>
      </PageSection>
    </>
  );
}

export const Page = forOrganisation(Project);
