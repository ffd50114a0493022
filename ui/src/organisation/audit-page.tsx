/** Who did what to the organisation: searched, by kind, page by page, as a file. */
import { PageSection, ToolbarItem } from '@patternfly/react-core';
import type { AuditView } from '../../../src/contracts/audit.ts';
import { listBillingAudit } from '../../../src/contracts/routes/audit.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { organisationTexts } from '../texts/organisation.ts';
import { Time } from '../time/time.tsx';
import { DownloadButton } from './download-button.tsx';
import { forOrganisation } from './for-organisation.tsx';
import { useOrganisation } from './organisation.tsx';
import { OrganisationHeader } from './organisation-header.tsx';

const texts = organisationTexts.audit;
const filterNames = ['action'] as const;
const kinds = Object.entries(texts.kinds).map(([value, label]) => ({ value, label }));

const foreign = (text: string) => <span className="tenantry-foreign">{text}</span>;

const columns: readonly Column<AuditView>[] = [
  { key: 'at', label: texts.at, always: true, cell: ({ at }) => <Time at={at} /> },
  { key: 'actor', label: texts.actor, cell: ({ actor }) => foreign(actor) },
  { key: 'action', label: texts.action, always: true, cell: ({ action }) => foreign(action) },
  { key: 'subject', label: texts.subject, cell: ({ subject }) => foreign(subject) },
  { key: 'details', label: texts.details, cell: ({ details }) => foreign(JSON.stringify(details)) },
  { key: 'request', label: texts.requestId, hidden: true, cell: ({ request_id }) => foreign(request_id) },
];

function Audit() {
  const { query } = useOrganisation();
  const list = useListState(filterNames);
  const filter = { ...query, ...list.filters, ...(list.q === '' ? {} : { q: list.q }) };
  const read = useRead(listBillingAudit, { query: { ...filter, page: list.page, limit: list.limit } }, { keep: true });
  return (
    <>
      <OrganisationHeader title={texts.title} intro={texts.intro} />
      <PageSection>
        <List
          name="organisation-audit"
          label={texts.label}
          columns={columns}
          idOf={({ audit_id }) => audit_id}
          state={list}
          read={{ ...read, data: read.data?.data }}
          searchLabel={texts.searchLabel}
          filters={
            <ListFilter
              list={list}
              name="action"
              label={texts.kind}
              all={texts.allKinds}
              value={list.filters['action']}
              options={kinds}
            />
          }
          actions={
            <ToolbarItem>
              <DownloadButton
                route={listBillingAudit}
                query={{ ...filter, format: 'csv' }}
                name="audit.csv"
                label={texts.csv}
              />
            </ToolbarItem>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}

export const Page = forOrganisation(Audit, { isOrgAdminOnly: true });
