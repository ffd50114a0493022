/**
 * Sets of quantities (src/usage/slots.ts) in SQL: one 64-bit integer, which D1 hands out and takes as two halves, because a
 * JavaScript number holds 53 bits.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Slots } from '../usage/slots.ts';

const half = 0xffffffff;

/** The half of a column with the bits 0 to 31, and the one with the bits 32 to 63. */
export const lowHalf = (column: string): SQL<number> => sql.raw(`(${column} & ${half})`) as SQL<number>;
export const highHalf = (column: string): SQL<number> => sql.raw(`((${column} >> 32) & ${half})`) as SQL<number>;

/** A set as a 64-bit integer. */
export const slotsValue = ({ low, high }: Slots): SQL => sql`((${high} << 32) | ${low})`;
