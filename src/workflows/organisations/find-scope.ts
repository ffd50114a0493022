/**
 * What a caller may see of an organisation's billing: whose organisation it is, and which of its projects. A namespace of
 * somebody else, one that does not exist and one that the token does not list are refused in the same words. Reads only.
 */
import type { Failure } from '../../contracts/failures.ts';
import type { Principal } from '../../credentials/principal.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { isAttachedAfter, type ProjectRow } from '../../organisations/project.ts';
import { findScopeRows, type OrganisationName, type ScopeRows } from '../../organisations/scope-store.ts';
import { billsAny } from '../../pricing/billed.ts';
import { type ListRate, listRatesOf } from '../../pricing/list-rates.ts';
import type { Running } from '../../usage/gaps.ts';
import type { Measured } from '../../usage/project-sums.ts';
import { runningTimes } from '../metering/find-gaps.ts';
import type { UsageReads } from '../metering/usage-reads.ts';

/** Who asks, and the organisation that an admin names. */
export interface Asker {
  principal: Principal;
  /** A slug. */
  organisation?: string | undefined;
}

export interface Scope {
  organisation: { id: string; slug: string; name: string };
  /** What the caller may see, by namespace and cluster. */
  projects: readonly ProjectRow[];
  /** List rates, in the catalogue's order. */
  rates: readonly ListRate[];
  /** Who measures them, and in which usage shard that lies. */
  measured: readonly (Measured & { usageShard: number })[];
  expectations: readonly Running[];
  /** Reporters of applications, by number, of what has no list rate: nothing is expected of them. */
  beside: ReadonlySet<number>;
}

const organisationNeeded: Failure<'validation_failed'> = {
  code: 'validation_failed',
  message: 'organisation is required: an admin names it by its slug',
  details: { issues: [{ path: 'organisation', message: 'is required' }] },
};
const noOrganisation: Failure<'not_found'> = { code: 'not_found', message: 'there is no such organisation' };
/** What a person is told who names another organisation than their own. */
export const otherOrganisation: Failure<'forbidden'> = {
  code: 'forbidden',
  message: 'this token is not of that organisation',
};

/**
 * The organisation's projects that the caller may see. One step in the control database.
 * @param since ms; those that were detached after it are among them, for what is read of the past. Without it they are not.
 */
export async function findScope(
  { db, now }: UsageReads,
  asker: Asker,
  { since = Number.POSITIVE_INFINITY }: { since?: number } = {},
): Promise<Result<Scope, Failure>> {
  const name = nameFor(asker);
  if (name === null) return err(organisationNeeded);
  const rows = await findScopeRows(db, name);
  if (!rows) return err('id' in name ? otherOrganisation : noOrganisation);
  if (asker.organisation !== undefined && asker.organisation !== rows.organisation.slug) return err(otherOrganisation);
  const listed = asker.principal.kind === 'person' ? asker.principal.namespaces : null;
  const projects = rows.projects.filter(
    (project) => isAttachedAfter(project, since) && (listed === null || listed.includes(project.namespace)),
  );
  return ok(scopeOf(rows, projects, now));
}

function nameFor({ principal, organisation }: Asker): OrganisationName | null {
  if (principal.kind === 'person' || principal.kind === 'organisation') return { id: principal.organisationId };
  return organisation === undefined ? null : { slug: organisation };
}

function scopeOf(rows: ScopeRows, projects: readonly ProjectRow[], now: number): Scope {
  const { id, slug, name } = rows.organisation;
  const bySeq = new Map(projects.map((project) => [project.seq, project]));
  const measuring = rows.measuring.filter(({ projectSeq }) => bySeq.has(projectSeq));
  const phases = Map.groupBy(rows.phases, (phase) => phase.customerId);
  const expected = measuring.filter(
    ({ source, low, high }) =>
      source !== 'application' || (rows.listVersion !== null && billsAny(rows.listVersion, { low, high })),
  );
  const rated = new Set(expected.map(({ reporterSeq }) => reporterSeq));
  const spans = Map.groupBy(expected, (m) => `${m.reporterSeq}/${m.projectSeq}`);
  const measured = new Map(measuring.map((m) => [`${m.customerSeq}/${m.projectSeq}`, m]));
  return {
    organisation: { id, slug, name },
    projects,
    rates: rows.listVersion ? listRatesOf(rows.listVersion) : [],
    measured: [...measured.values()].map(({ customerSeq, projectSeq, usageShard }) => ({
      customerSeq,
      projectSeq,
      usageShard,
    })),
    beside: new Set(measuring.flatMap(({ reporterSeq: seq }) => (rated.has(seq) ? [] : [seq]))),
    expectations: [...spans.values()].flatMap((owned): Running[] => {
      const [first] = owned;
      if (!first) return [];
      const project = bySeq.get(first.projectSeq);
      const isOwn = project?.own === true && project.customerId === first.customerId;
      return [
        {
          reporterSeq: first.reporterSeq,
          projectSeq: first.projectSeq,
          windowSeconds: first.windowSeconds,
          active: owned.map(({ fromAt, untilAt }) => ({ from: fromAt, to: untilAt ?? Number.POSITIVE_INFINITY })),
          running: isOwn ? runningTimes(phases.get(first.customerId) ?? [], now) : null,
        },
      ];
    }),
  };
}

/** The scope of one namespace alone, of all clusters that have it or the one that is named. */
export function narrowTo(
  scope: Scope,
  { namespace, cluster }: { namespace: string; cluster?: string | undefined },
): Result<Scope, Failure<'namespace_denied'>> {
  const projects = scope.projects.filter(
    (project) => project.namespace === namespace && (cluster === undefined || project.clusterId === cluster),
  );
  if (projects.length === 0) {
    const attached = scope.projects.filter(({ detachedAt }) => detachedAt === null);
    const availableNamespaces = [...new Set(attached.map((project) => project.namespace))];
    return err({
      code: 'namespace_denied',
      message: 'the namespace is not one of this organisation that the token may see',
      details: { namespace, availableNamespaces },
    });
  }
  return ok(withProjects(scope, projects));
}

/** The scope of some of its projects. */
export function withProjects(scope: Scope, projects: readonly ProjectRow[]): Scope {
  const seqs = new Set(projects.map(({ seq }) => seq));
  return {
    ...scope,
    projects,
    measured: scope.measured.filter(({ projectSeq }) => seqs.has(projectSeq)),
    expectations: scope.expectations.filter(({ projectSeq }) => seqs.has(projectSeq)),
  };
}
