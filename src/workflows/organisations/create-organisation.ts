/** Makes an organisation. A slug that is made of the name gets a mark where another organisation has it. */

import type { AuditEntry } from '../../audit/store.ts';
import type { Failure } from '../../contracts/failures.ts';
import { newId } from '../../lib/ids.ts';
import { err, ok } from '../../lib/result.ts';
import { markedSlug, slugWords } from '../../organisations/slug.ts';
import { findBySlug, insertOrganisation, type OrganisationRow } from '../../organisations/store.ts';
import type { Context, Planned } from '../deed.ts';

const markChars = 8;

/** The part of an organisation's id that its slug is made unique by. */
const markOf = (id: string): string => id.slice(-markChars);

/** @param slug as it was asked for; undefined: made of the name */
export async function createOrganisation(
  { db, now, random }: Context,
  { name, slug: wanted }: { name: string; slug?: string | undefined },
): Promise<Planned<Pick<OrganisationRow, 'id' | 'slug' | 'name' | 'issuer' | 'createdAt'>>> {
  const id = newId('organisation', random);
  const plain = wanted ?? slugWords(name);
  const isTaken = plain === '' || (await findBySlug(db, plain)) !== null;
  if (isTaken && wanted !== undefined) return err(taken(wanted));
  const row = { id, slug: isTaken ? markedSlug(name, markOf(id)) : plain, name, createdAt: now };
  const audit: AuditEntry = { action: 'organisation.created', subject: id, details: { slug: row.slug, name } };
  return ok({ value: { ...row, issuer: null }, writes: [insertOrganisation(row)], audit: [audit] });
}

const taken = (slug: string): Failure => ({ code: 'slug_taken', message: `another organisation is called ${slug}` });
