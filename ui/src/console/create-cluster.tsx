/** Registering a cluster. */
import { useState } from 'react';
import { createCluster, listClusters } from '../../../src/contracts/routes/clusters.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { Words } from '../confirm/words.tsx';
import { clusterTexts } from '../texts/console-operations.ts';

const texts = clusterTexts.create;
const begin = { id: '', queue: '', max: '1200', storage: 'standard' };

export function CreateCluster() {
  const [form, setForm] = useState(begin);
  const set = (part: Partial<typeof begin>) => setForm({ ...form, ...part });
  return (
    <Deed
      route={createCluster}
      label={texts.label}
      title={texts.title}
      what={
        <>
          <Words of={texts.what} />
          <LineField label={texts.id} value={form.id} onChange={(id) => set({ id })} />
          <LineField label={texts.queue} value={form.queue} onChange={(queue) => set({ queue })} />
          <LineField label={texts.max} type="number" value={form.max} onChange={(max) => set({ max })} />
          <LineField label={texts.storage} value={form.storage} onChange={(storage) => set({ storage })} />
        </>
      }
      input={() => ({
        body: {
          cluster_id: form.id,
          queue_binding: form.queue,
          namespaces_max: Number(form.max),
          storage_class: form.storage,
        },
      })}
      changes={[listClusters]}
      onDone={() => setForm(begin)}
    />
  );
}
