/** Gives a project its labels, in the place of those that it had. */
import type { Failure } from '../../contracts/failures.ts';
import { err, ok } from '../../lib/result.ts';
import { invalid } from '../../organisations/invalid.ts';
import type { ProjectRow } from '../../organisations/project.ts';
import { setProjectLabels } from '../../organisations/project-store.ts';
import type { Context, Planned } from '../deed.ts';
import { type Asker, findScope, narrowTo } from './find-scope.ts';

export interface LabelsInput {
  namespace: string;
  /** Needed where several clusters have the namespace. */
  cluster?: string | undefined;
  labels: Readonly<Record<string, string>>;
}

const notOrgAdmin: Failure<'forbidden'> = { code: 'forbidden', message: 'labels are set by an org-admin' };

/** Plans the change; labels that are what they were leave no trace. */
export async function setLabels(
  context: Context,
  asker: Asker,
  { namespace, cluster, labels }: LabelsInput,
): Promise<Planned<ProjectRow>> {
  const { principal } = asker;
  if (principal.kind === 'person' && principal.namespaces !== null) return err(notOrgAdmin);
  const scope = await findScope(context, asker);
  const narrowed = scope.ok ? narrowTo(scope.value, { namespace, cluster }) : scope;
  if (!narrowed.ok) return narrowed;
  const [project, ...others] = narrowed.value.projects;
  if (!project) throw new Error('a narrowed scope has a project');
  if (others.length > 0) {
    const clusters = narrowed.value.projects.map(({ clusterId }) => clusterId).join(' and ');
    return err(invalid('cluster', `is required: ${clusters} have a namespace ${namespace}`));
  }
  const value = { ...project, labels };
  if (sameLabels(project.labels ?? {}, labels)) return ok({ value, writes: [], audit: [] });
  const { organisation } = narrowed.value;
  return ok({
    value,
    writes: [setProjectLabels(project.seq, labels)],
    audit: [
      {
        action: 'project.labelled',
        subject: organisation.id,
        details: { cluster_id: project.clusterId, namespace, before: project.labels ?? {}, labels },
      },
    ],
  });
}

const sameLabels = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([key, value]) => Object.hasOwn(b, key) && b[key] === value);
