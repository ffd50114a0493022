/** Files with the numbers of these pages: projects, trends, FOCUS. */
import { Card, CardBody, CardTitle, Flex, FlexItem, PageSection, Stack, StackItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { exportBilling, readBillingSummary } from '../../../src/contracts/routes/organisation-billing.ts';
import { useRead } from '../data/use-read.ts';
import { FilterSelect } from '../list/filter-select.tsx';
import { useListState } from '../list/list-state.ts';
import { FailureState } from '../states/failure-state.tsx';
import { organisationTexts } from '../texts/organisation.ts';
import { DownloadButton } from './download-button.tsx';
import { forOrganisation } from './for-organisation.tsx';
import { MonthSelect } from './month.tsx';
import { monthOptions, queryOfRange, rangeOf, rangeOptions } from './months.ts';
import { useOrganisation } from './organisation.tsx';
import { OrganisationHeader } from './organisation-header.tsx';
import { splitsOf } from './splits.ts';

const texts = organisationTexts.exports;
const noFilters: readonly string[] = [];

interface FileCardProps {
  title: string;
  what: string;
  /** What is chosen before. */
  choices?: ReactNode;
  children: ReactNode;
}

function FileCard({ title, what, choices, children }: FileCardProps) {
  return (
    <StackItem>
      <Card>
        <CardTitle component="h2">{title}</CardTitle>
        <CardBody>
          <Stack hasGutter>
            <StackItem>{what}</StackItem>
            {choices === undefined ? null : (
              <StackItem>
                <Flex>{choices}</Flex>
              </StackItem>
            )}
            <StackItem>
              <Flex>{children}</Flex>
            </StackItem>
          </Stack>
        </CardBody>
      </Card>
    </StackItem>
  );
}

interface FileProps {
  what: 'projects' | 'trends';
  title: string;
  query: Readonly<Record<string, string | undefined>>;
}

/** The same rows as CSV and as JSON. */
function Files({ what, title, query }: FileProps) {
  return (
    <>
      {(['csv', 'json'] as const).map((format) => (
        <FlexItem key={format}>
          <DownloadButton
            route={exportBilling}
            query={{ ...query, what, format }}
            name={`${what}.${format}`}
            label={texts[format]}
            of={title}
          />
        </FlexItem>
      ))}
    </>
  );
}

function Exports() {
  const { query, name } = useOrganisation();
  const [address] = useSearchParams();
  const { set } = useListState(noFilters);
  // The label keys that trends can be split by, and the month that runs on the server's clock.
  const read = useRead(readBillingSummary, { query });
  const summary = read.data?.data;
  const range = rangeOf(address.get('range'));
  const month = address.get('month') ?? summary?.month ?? monthOptions(Date.now(), null)[0]?.value;
  const splits = splitsOf(summary);
  const by = splits.find(({ value }) => value === address.get('by'))?.value ?? 'project';
  return (
    <>
      <OrganisationHeader title={texts.title} intro={texts.intro} />
      <PageSection>
        {summary === undefined && read.error ? (
          <FailureState failure={read.error.failure} again={() => void read.refetch()} />
        ) : null}
        <Stack hasGutter>
          <FileCard title={texts.projects} what={texts.projectsWhat}>
            <Files what="projects" title={texts.projects} query={query} />
          </FileCard>
          <FileCard
            title={texts.trends}
            what={texts.trendsWhat}
            choices={
              <>
                <FlexItem>
                  <FilterSelect
                    label={organisationTexts.trends.range}
                    value={range}
                    options={rangeOptions}
                    onChange={(next) => set({ range: next })}
                  />
                </FlexItem>
                <FlexItem>
                  <FilterSelect
                    label={organisationTexts.trends.by}
                    value={by}
                    options={splits}
                    onChange={(next) => set({ by: next })}
                  />
                </FlexItem>
              </>
            }
          >
            <Files what="trends" title={texts.trends} query={{ ...query, ...queryOfRange(range, Date.now()), by }} />
          </FileCard>
          <FileCard
            title={texts.focusTitle}
            what={texts.focusWhat}
            choices={
              <FlexItem>
                <MonthSelect shown={month} />
              </FlexItem>
            }
          >
            <FlexItem>
              <DownloadButton
                route={exportBilling}
                query={{ ...query, format: 'focus', month }}
                name={`focus-${query.organisation ?? name ?? ''}-${month}.csv`}
                label={texts.focus}
              />
            </FlexItem>
          </FileCard>
        </Stack>
      </PageSection>
    </>
  );
}

export const Page = forOrganisation(Exports);
