/** What each project costs: searched, by label, sorted, page by page, live. */
import { Label, PageSection, ToolbarItem } from '@patternfly/react-core';
import { useMemo } from 'react';
import { billingProjectsQuery } from '../../../src/contracts/organisation-billing.ts';
import { listBillingProjects, readBillingSummary } from '../../../src/contracts/routes/organisation-billing.ts';
import { useRead } from '../data/use-read.ts';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { common } from '../texts/common.ts';
import { organisationTexts } from '../texts/organisation.ts';
import { forOrganisation } from './for-organisation.tsx';
import { useOrganisation } from './organisation.tsx';
import { OrganisationHeader } from './organisation-header.tsx';
import { projectColumns } from './project-columns.tsx';
import { useLive } from './use-live.ts';

const texts = organisationTexts.projects;
const filterNames = ['label'] as const;

function Projects() {
  const organisation = useOrganisation();
  const list = useListState(filterNames);
  const isLive = useLive(organisation);
  const columns = useMemo(() => projectColumns(organisation.to), [organisation.to]);
  const sort = billingProjectsQuery.shape.sort.safeParse(list.sort ?? undefined).data;
  const read = useRead(
    listBillingProjects,
    {
      query: {
        ...organisation.query,
        ...list.filters,
        ...(list.q === '' ? {} : { q: list.q }),
        ...(sort === undefined ? {} : { sort }),
        page: list.page,
        limit: list.limit,
      },
    },
    { keep: true },
  );
  // The labels that there are stand in the summary; without it a label can still be chosen in a row. The filter stands there from the
  // beginning, so that it pushes nothing when they come.
  const summary = useRead(readBillingSummary, { query: organisation.query });
  const { label } = list.filters;
  const pairs = (summary.data?.data.by_label ?? []).flatMap(({ key, values }) =>
    values.map(({ value }) => ({ value: `${key}:${value}`, label: organisationTexts.labelPair(key, value) })),
  );
  return (
    <>
      <OrganisationHeader title={texts.title} isLive={isLive} />
      <PageSection>
        <List
          name="projects"
          label={texts.label}
          columns={columns}
          idOf={({ namespace, cluster_id }) => `${cluster_id}/${namespace}`}
          state={list}
          read={{ ...read, data: read.data?.data }}
          searchLabel={texts.searchLabel}
          filters={
            <>
              <ListFilter
                list={list}
                name="label"
                label={texts.labelFilter}
                all={texts.allLabels}
                value={label}
                options={pairs}
              />
              {label === undefined ? null : (
                <ToolbarItem>
                  <Label onClose={() => list.set({ label: null })} closeBtnAriaLabel={common.takeFilter(label)}>
                    {texts.filteredBy(label)}
                  </Label>
                </ToolbarItem>
              )}
            </>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}

export const Page = forOrganisation(Projects);
