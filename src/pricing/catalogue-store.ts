/** Published plan versions and the files that they came from. Owns `plan_versions` and `catalogues`. */
import { and, asc, desc, eq, ne, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { subscriptions } from '../db/control-schema.ts';
import { catalogues, planVersions } from '../db/pricing-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import type { Catalogue } from './catalogue.ts';
import type { WrittenVersion } from './plans-file.ts';

/** The whole catalogue, as a query: a few dozen rows at most. */
export const queryCatalogue = (db: Db) =>
  db
    .select({ state: planVersions.state, definition: planVersions.definition })
    .from(planVersions)
    .orderBy(asc(planVersions.position), asc(planVersions.publishedAt));

export const findCatalogue = async (db: Db): Promise<Catalogue> => ({ versions: await queryCatalogue(db) });

/** How many customers who have not left are on each version, by `plan/version`. */
export async function countSubscribers(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .select({ plan: subscriptions.plan, version: subscriptions.planVersion, count: sql<number>`count(*)` })
    .from(subscriptions)
    .where(ne(subscriptions.status, 'canceled'))
    .groupBy(subscriptions.plan, subscriptions.planVersion);
  return new Map(rows.map(({ plan, version, count }) => [`${plan}/${version}`, count]));
}

/** The file that was published last, null when none was. */
export async function findPublishedFile(db: Db): Promise<{ sha256: string; text: string } | null> {
  const rows = await db
    .select({ sha256: catalogues.sha256, text: catalogues.text })
    .from(catalogues)
    .orderBy(desc(catalogues.seq))
    .limit(1);
  return rows[0] ?? null;
}

export interface Publication {
  sha256: string;
  text: string;
  /** Versions that are not stored yet, and those that are, with whether each is sold. */
  fresh: readonly WrittenVersion[];
  standing: readonly WrittenVersion[];
  now: number;
}

/**
 * Stores a file and its new versions; of those that are there only whether they are sold changes, and what the file does not
 * name is retired. Somebody else's new version of the same name makes the batch fail.
 */
export function publish({ sha256, text, fresh, standing, now }: Publication): Write[] {
  return [
    write(build.insert(catalogues).values({ sha256, text, publishedAt: now })),
    write(build.update(planVersions).set({ state: 'retired' })),
    ...standing.map(({ definition: { plan, version }, state }) =>
      write(
        build
          .update(planVersions)
          .set({ state })
          .where(and(eq(planVersions.plan, plan), eq(planVersions.version, version))),
      ),
    ),
    ...fresh.map(({ definition, state }) => {
      const { plan, version, order: position } = definition;
      return write(build.insert(planVersions).values({ plan, version, state, position, definition, publishedAt: now }));
    }),
  ];
}
