/** Organisations and their issuers as rows. Owns `organisations`. */
import { and, desc, eq, getTableColumns, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { organisations } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { build, type Write, write } from '../db/write.ts';

export type OrganisationRow = typeof organisations.$inferSelect;

export const insertOrganisation = (row: typeof organisations.$inferInsert): Write =>
  write(build.insert(organisations).values(row));

export async function findOrganisation(db: Db, id: string): Promise<OrganisationRow | null> {
  const rows = await db.select().from(organisations).where(eq(organisations.id, id));
  return rows[0] ?? null;
}

/** Fails the batch when the organisation's issuer was set anew or taken away since `setAt` was read, ms; null: there was none. */
export const guardIssuer = (id: string, setAt: number | null): Write =>
  guard('issuer_standing', sql`EXISTS (SELECT 1 FROM organisations WHERE id = ${id} AND issuer_set_at IS ${setAt})`);

export async function findBySlug(db: Db, slug: string): Promise<OrganisationRow | null> {
  const rows = await db.select().from(organisations).where(eq(organisations.slug, slug));
  return rows[0] ?? null;
}

/** Organisations, newest first. */
export async function listOrganisations(db: Db, page: number, limit: number) {
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(organisations)
      .orderBy(desc(organisations.createdAt))
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(organisations),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}

/** What belongs to an issuer that is set. */
export type IssuerColumns = {
  [K in 'issuer' | 'audience' | 'clientId' | 'scopes' | 'claims' | 'issuerMetadata' | 'issuerSetAt']: NonNullable<
    OrganisationRow[K]
  >;
} & Pick<OrganisationRow, 'clientSecret'>;

const noIssuer = {
  issuer: null,
  audience: null,
  clientId: null,
  clientSecret: null,
  scopes: null,
  claims: null,
  issuerMetadata: null,
  issuerSetAt: null,
};

/** Sets the issuer of an organisation, or takes it away. */
export const setIssuer = (id: string, columns: IssuerColumns | null): Write =>
  write(
    build
      .update(organisations)
      .set(columns ?? noIssuer)
      .where(eq(organisations.id, id)),
  );

/** An organisation with its issuer; null for one that has none. */
export function withIssuer(row: OrganisationRow): (OrganisationRow & IssuerColumns) | null {
  return row.issuer === null ? null : (row as OrganisationRow & IssuerColumns);
}

/** An organisation that trusts an issuer; `alone` says that no other one does, for whatever audience. */
export type Trusting = OrganisationRow & IssuerColumns & { alone: boolean };

/** The organisations that trust an issuer for any of the audiences, which are names of a resource or of their clients. */
export async function findTrusting(
  db: Db,
  issuer: string,
  by: 'audience' | 'clientId',
  audiences: readonly string[],
): Promise<Trusting[]> {
  const column = organisations[by];
  const named = sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(audiences)}))`;
  const trusting = sql<number>`(SELECT count(*) FROM (SELECT 1 FROM organisations WHERE issuer = ${issuer} LIMIT 2))`;
  const rows = await db
    .select({ ...getTableColumns(organisations), trusting: trusting.as('trusting') })
    .from(organisations)
    .where(and(isNotNull(organisations.issuer), eq(organisations.issuer, issuer), named));
  return rows.flatMap(({ trusting: count, ...row }) => {
    const found = withIssuer(row);
    return found === null ? [] : [{ ...found, alone: count === 1 }];
  });
}
