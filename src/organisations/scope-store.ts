/** What an organisation's billing is read for: its projects, who measures them, when that was expected. Reads only. */
import { asc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { customers, organisations, ownerships, projects, reporters } from '../db/control-schema.ts';
import { planVersions } from '../db/pricing-schema.ts';
import { highHalf, lowHalf } from '../db/slots.ts';
import { phaseChanges } from '../db/work-schema.ts';
import { infrastructureList } from '../pricing/list-rates.ts';

/** Which organisation: by its id, or by its slug. */
export type OrganisationName = { id: string } | { slug: string };

const named = (name: OrganisationName): SQL =>
  'id' in name ? eq(organisations.id, name.id) : eq(organisations.slug, name.slug);

/** Everything of the organisation that its reads begin with, in one round trip; null when there is no such organisation. */
export async function findScopeRows(db: Db, name: OrganisationName) {
  const chosen = db.select({ id: organisations.id }).from(organisations).where(named(name));
  const own = db
    .select({ customerId: projects.customerId })
    .from(projects)
    .where(sql`${inArray(projects.organisationId, chosen)} AND ${projects.own} = 1`);
  const [found, projectRows, measuring, phases, versions] = await db.batch([
    db.select().from(organisations).where(named(name)),
    db
      .select({
        seq: projects.seq,
        namespace: projects.namespace,
        clusterId: projects.clusterId,
        customerId: projects.customerId,
        own: projects.own,
        labels: projects.labels,
        detachedAt: projects.detachedAt,
      })
      .from(projects)
      .where(inArray(projects.organisationId, chosen))
      .orderBy(asc(projects.namespace), asc(projects.clusterId)),
    db
      .select({
        projectSeq: ownerships.projectSeq,
        reporterSeq: ownerships.reporterSeq,
        low: lowHalf('ownerships.meters'),
        high: highHalf('ownerships.meters'),
        source: reporters.source,
        fromAt: ownerships.fromAt,
        untilAt: ownerships.untilAt,
        windowSeconds: reporters.windowSeconds,
        customerId: customers.id,
        customerSeq: customers.seq,
        usageShard: customers.usageShard,
      })
      .from(projects)
      .innerJoin(ownerships, eq(ownerships.projectSeq, projects.seq))
      .innerJoin(reporters, eq(reporters.seq, ownerships.reporterSeq))
      .innerJoin(customers, eq(customers.id, reporters.customerId))
      .where(inArray(projects.organisationId, chosen)),
    db
      .select({
        customerId: phaseChanges.customerId,
        effectiveAt: phaseChanges.effectiveAt,
        phase: phaseChanges.phase,
      })
      .from(phaseChanges)
      .where(inArray(phaseChanges.customerId, own))
      .orderBy(asc(phaseChanges.generation)),
    // What is sold before what is a draft, those before what is retired, the newest of each: one row says the list.
    db
      .select({ definition: planVersions.definition })
      .from(planVersions)
      .where(sql`${planVersions.definition} ->> 'list' = ${infrastructureList}`)
      .orderBy(sql`${planVersions.state} = 'retired', ${planVersions.publishedAt} DESC`)
      .limit(1),
  ]);
  const [organisation] = found;
  if (!organisation) return null;
  return { organisation, projects: projectRows, measuring, phases, listVersion: versions[0]?.definition ?? null };
}
export type ScopeRows = NonNullable<Awaited<ReturnType<typeof findScopeRows>>>;
