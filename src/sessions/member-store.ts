/** Who may sign in for a customer. Owns `members`; its first row of a customer is made by a trigger on `customers`. */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { MemberRole } from '../contracts/route.ts';
import type { Db } from '../db/client.ts';
import { customers, subscriptions } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { members } from '../db/session-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import type { Membership } from './sign-in.ts';

export type MemberRow = typeof members.$inferSelect;

/** What `insertMember` runs into when the customer has a member of that email. */
export const memberTaken = 'UNIQUE constraint failed: members.customer_id, members.email';

export const insertMember = (row: {
  id: string;
  customerId: string;
  email: string;
  role: MemberRole;
  createdAt: number;
}): Write => write(build.insert(members).values(row));

export const removeMember = (id: string): Write => write(build.delete(members).where(eq(members.id, id)));

export const noteSignIn = (id: string, now: number): Write =>
  write(build.update(members).set({ lastSignedInAt: now }).where(eq(members.id, id)));

const ownerBeside = (customerId: string, memberId: string) => sql`EXISTS (
  SELECT 1 FROM members WHERE customer_id = ${customerId} AND role = 'owner' AND id <> ${memberId})`;

/** Fails the batch unless the customer keeps another owner. */
export const guardOwnerLeft = (customerId: string, memberId: string): Write =>
  guard('owner_left', ownerBeside(customerId, memberId));

/** Whether the customer has another owner. */
export async function isOwnerLeft(db: Db, customerId: string, memberId: string): Promise<boolean> {
  const rows = await db.all<{ left: number }>(sql`SELECT ${ownerBeside(customerId, memberId)} AS "left"`);
  return rows[0]?.left === 1;
}

/** Fails the batch unless the member still has the password hash that was compared. */
export const guardPassword = (memberId: string, hash: string): Write =>
  guard('member_password', sql`EXISTS (SELECT 1 FROM members WHERE id = ${memberId} AND password_hash = ${hash})`);

/**
 * Gives a person another password: everywhere where they are a member (`oldHash` null: a link has shown that the email is
 * theirs), or only where they have that old one. Who else knows the old password may be somebody who signed up with it.
 */
export const setPassword = (change: { email: string; oldHash: string | null; newHash: string }): Write =>
  write(sql`UPDATE members SET password_hash = ${change.newHash}
    WHERE email = ${change.email} AND (${change.oldHash} IS NULL OR password_hash = ${change.oldHash})`);

/** Where somebody of that email may sign in, oldest first. */
export async function findMemberships(db: Db, email: string): Promise<Membership[]> {
  return await db
    .select({
      memberId: members.id,
      email: members.email,
      role: members.role,
      passwordHash: members.passwordHash,
      customerId: members.customerId,
      companyName: customers.companyName,
      status: subscriptions.status,
    })
    .from(members)
    .innerJoin(customers, eq(customers.id, members.customerId))
    .innerJoin(subscriptions, eq(subscriptions.customerId, members.customerId))
    .where(eq(members.email, email))
    .orderBy(asc(members.createdAt), asc(members.id));
}

export async function findMember(db: Db, id: string): Promise<MemberRow | null> {
  const rows = await db.select().from(members).where(eq(members.id, id));
  return rows[0] ?? null;
}

/** One page of a customer's members, oldest first. */
export async function listMembers(db: Db, customerId: string, { page, limit }: { page: number; limit: number }) {
  const where = eq(members.customerId, customerId);
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(members)
      .where(where)
      .orderBy(asc(members.createdAt), asc(members.id))
      .limit(limit)
      .offset((page - 1) * limit),
    db.select({ total: sql<number>`count(*)` }).from(members).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}

/** The member of that id, if it is one of the customer's. */
export async function findMemberOf(db: Db, customerId: string, id: string): Promise<MemberRow | null> {
  const rows = await db
    .select()
    .from(members)
    .where(and(eq(members.id, id), eq(members.customerId, customerId)));
  return rows[0] ?? null;
}
