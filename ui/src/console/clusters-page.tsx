/** Clusters: how much room each has, how it is, and the credentials that its programs need. */
import { ActionList, ActionListItem, PageSection, Progress, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { listClusters, makeClusterKey, makeClusterToken } from '../../../src/contracts/routes/clusters.ts';
import { Deed } from '../confirm/deed.tsx';
import { Once } from '../confirm/once.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { consoleTexts } from '../texts/console.ts';
import { clusterTexts as texts } from '../texts/console-operations.ts';
import { Time } from '../time/time.tsx';
import { ClusterHealth } from './cluster-health.tsx';
import { CreateCluster } from './create-cluster.tsx';

const names = texts.columns;
const noFilters: readonly string[] = [];
const everyMs = 30_000;
const fullFrom = 0.9;

type Cluster = AnswerTo<typeof listClusters>['items'][number];
interface Secret {
  label: string;
  secret: string;
}

function Room({ cluster_id, namespaces_used, namespaces_max }: Cluster) {
  const isFull = namespaces_used >= fullFrom * namespaces_max;
  return (
    <Progress
      aria-label={texts.roomOf(cluster_id)}
      size="sm"
      value={namespaces_used}
      max={namespaces_max}
      label={texts.room(namespaces_used, namespaces_max)}
      valueText={texts.room(namespaces_used, namespaces_max)}
      {...(isFull ? { variant: 'warning' as const } : {})}
    />
  );
}

function ClusterActions({ clusterId, onSecret }: { clusterId: string; onSecret: (secret: Secret) => void }) {
  const input = () => ({ params: { clusterId }, body: {} });
  return (
    <ActionList>
      <ActionListItem>
        <Deed
          route={makeClusterToken}
          label={texts.token.label}
          title={texts.token.title}
          what={<Words of={texts.token.what(clusterId)} />}
          input={input}
          changes={[]}
          onDone={({ token }) => onSecret({ label: texts.token.label, secret: token })}
        />
      </ActionListItem>
      <ActionListItem>
        <Deed
          route={makeClusterKey}
          label={texts.key.label}
          title={texts.key.title}
          what={<Words of={texts.key.what(clusterId)} />}
          input={input}
          changes={[]}
          onDone={({ api_key }) => onSecret({ label: texts.key.label, secret: api_key })}
        />
      </ActionListItem>
    </ActionList>
  );
}

const columns: readonly Column<Cluster>[] = [
  { key: 'cluster', label: names.cluster, always: true, cell: ({ cluster_id }) => cluster_id },
  { key: 'room', label: names.room, cell: (cluster) => <Room {...cluster} /> },
  { key: 'health', label: names.health, cell: ({ cluster_id }) => <ClusterHealth clusterId={cluster_id} /> },
  { key: 'services', label: names.services, hidden: true, cell: ({ services_max }) => services_max },
  { key: 'storage', label: names.storage, cell: ({ storage_class }) => storage_class },
  { key: 'queue', label: names.queue, hidden: true, cell: ({ queue_binding }) => queue_binding },
  { key: 'created', label: names.created, cell: ({ created_at }) => <Time at={created_at} /> },
];

export function Page() {
  const list = useListState(noFilters);
  const [secret, setSecret] = useState<Secret | null>(null);
  const clusters = useRead(listClusters, { query: { page: list.page, limit: list.limit } }, { everyMs, keep: true });
  const doing: Column<Cluster> = {
    key: 'actions',
    label: names.actions,
    always: true,
    cell: ({ cluster_id }) => <ClusterActions clusterId={cluster_id} onSecret={setSecret} />,
  };
  return (
    <>
      <PageTitle title={consoleTexts.clusters} intro={texts.intro} />
      <PageSection className="tenantry-foreign">
        <Once label={secret?.label ?? ''} secret={secret?.secret ?? null} onClose={() => setSecret(null)} />
        <List
          name="clusters"
          label={texts.label}
          columns={[...columns, doing]}
          idOf={({ cluster_id }) => cluster_id}
          state={list}
          read={clusters}
          actions={
            <ToolbarItem>
              <CreateCluster />
            </ToolbarItem>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
