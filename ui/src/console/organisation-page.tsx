/** One organisation: its issuer, and its namespaces with whose they are. */
import { PageSection, Stack, StackItem, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { ProjectView } from '../../../src/contracts/organisations.ts';
import {
  attachProject,
  detachProject,
  listProjects,
  readOrganisation,
} from '../../../src/contracts/routes/organisations.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { useMay } from '../session/session.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { consoleTexts } from '../texts/console.ts';
import { organisationTexts } from '../texts/console-operations.ts';
import { Time } from '../time/time.tsx';
import { customerAddress, organisationsAddress } from './addresses.ts';
import { Issuer } from './organisation-issuer.tsx';

const texts = organisationTexts.projects;
const names = texts.columns;
const noFilters: readonly string[] = [];
const changes = [listProjects];

const columns: readonly Column<ProjectView>[] = [
  { key: 'namespace', label: names.namespace, always: true, cell: ({ namespace }) => namespace },
  { key: 'cluster', label: names.cluster, cell: ({ cluster_id }) => cluster_id },
  {
    key: 'customer',
    label: names.customer,
    cell: ({ customer_id }) => <Link to={customerAddress(customer_id)}>{customer_id}</Link>,
  },
  { key: 'attached', label: names.attached, cell: ({ attached_at }) => <Time at={attached_at} /> },
  { key: 'detached', label: names.detached, cell: ({ detached_at }) => <Time at={detached_at} /> },
];

const begin = { cluster_id: '', namespace: '', customer_id: '' };

function Attach({ organisationId }: { organisationId: string }) {
  const [form, setForm] = useState(begin);
  const set = (part: Partial<typeof begin>) => setForm({ ...form, ...part });
  return (
    <Deed
      route={attachProject}
      label={texts.attach.label}
      title={texts.attach.title}
      what={
        <>
          <Words of={texts.attach.what} />
          <LineField
            label={texts.attach.cluster}
            value={form.cluster_id}
            onChange={(cluster_id) => set({ cluster_id })}
          />
          <LineField
            label={texts.attach.namespace}
            value={form.namespace}
            onChange={(namespace) => set({ namespace })}
          />
          <LineField
            label={texts.attach.customer}
            value={form.customer_id}
            onChange={(customer_id) => set({ customer_id })}
          />
        </>
      }
      input={() => ({ params: { organisationId }, body: form })}
      changes={changes}
      onDone={() => setForm(begin)}
    />
  );
}

function Projects({ organisationId }: { organisationId: string }) {
  const list = useListState(noFilters);
  const mayCall = useMay();
  const params = { organisationId };
  const projects = useRead(listProjects, { params, query: { page: list.page, limit: list.limit } }, { keep: true });
  const doing: Column<ProjectView> = {
    key: 'actions',
    label: names.actions,
    always: true,
    cell: ({ own, detached_at, cluster_id, namespace }) =>
      own || detached_at !== null ? null : (
        <Deed
          route={detachProject}
          label={texts.detach.label}
          title={texts.detach.title}
          what={<Words of={texts.detach.what(namespace)} />}
          isDangerous
          input={() => ({ params: { ...params, clusterId: cluster_id, namespace } })}
          changes={changes}
        />
      ),
  };
  return (
    <List
      name="projects"
      label={texts.label}
      columns={mayCall(detachProject) ? [...columns, doing] : columns}
      idOf={({ cluster_id, namespace, attached_at }) => [cluster_id, namespace, attached_at].join(' ')}
      state={list}
      read={projects}
      actions={
        <ToolbarItem>
          <Attach organisationId={organisationId} />
        </ToolbarItem>
      }
      empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
    />
  );
}

export function Page() {
  const { organisationId = '' } = useParams();
  const read = useRead(readOrganisation, { params: { organisationId } });
  return (
    <>
      <PageTitle
        title={read.data?.organisation.name ?? consoleTexts.organisation}
        above={{ label: organisationTexts.toList, to: organisationsAddress }}
      />
      <PageSection className="tenantry-foreign">
        <ReadPart read={read}>
          {({ organisation }) => (
            <Stack hasGutter>
              <StackItem>
                <Issuer organisationId={organisationId} isSet={organisation.issuer !== null} />
              </StackItem>
              <StackItem>
                <Projects organisationId={organisationId} />
              </StackItem>
            </Stack>
          )}
        </ReadPart>
      </PageSection>
    </>
  );
}
