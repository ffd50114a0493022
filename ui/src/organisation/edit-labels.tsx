/** Sets a project's labels, all of them at once. */
import { useState } from 'react';
import type { BillingProject } from '../../../src/contracts/organisation-billing.ts';
import {
  listBillingProjects,
  putProjectLabels,
  readAttribution,
  readBillingSummary,
  readBillingTrends,
} from '../../../src/contracts/routes/organisation-billing.ts';
import { Deed } from '../confirm/deed.tsx';
import { organisationTexts } from '../texts/organisation.ts';
import { LabelFields } from './label-fields.tsx';
import { useOrganisation } from './organisation.tsx';

const texts = organisationTexts.labels;

export function EditLabels({ project }: { project: BillingProject }) {
  const { namespace, cluster_id: cluster, labels } = project;
  const { query } = useOrganisation();
  const [written, setWritten] = useState(labels);
  return (
    <Deed
      route={putProjectLabels}
      label={texts.edit}
      title={texts.question(namespace)}
      what={<LabelFields labels={labels} onChange={setWritten} />}
      input={() => ({ params: { namespace }, query: { ...query, cluster }, body: written })}
      changes={[listBillingProjects, readBillingSummary, readAttribution, readBillingTrends]}
    />
  );
}
