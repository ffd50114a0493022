/** Published meters of the operator's own. Owns `own_meters`: a row a field, for ever. */
import { asc } from 'drizzle-orm';
import type { OwnMeter } from '../contracts/own-meters.ts';
import type { Db } from '../db/client.ts';
import { ownMeters } from '../db/pricing-schema.ts';
import { build, type Write, write } from '../db/write.ts';

/** Every meter that was ever published, by field. */
export const findOwnMeters = (db: Db): Promise<OwnMeter[]> =>
  db
    .select({
      field: ownMeters.field,
      meter: ownMeters.meter,
      title: ownMeters.title,
      unit: ownMeters.unit,
      adds_up: ownMeters.addsUp,
      source: ownMeters.source,
    })
    .from(ownMeters)
    .orderBy(asc(ownMeters.field));

/** Stores the meters of a file. Of those that stand only title and source change: a trigger refuses anything else. */
export const publishOwnMeters = (meters: readonly OwnMeter[], now: number): Write[] =>
  meters.map(({ adds_up: addsUp, ...rest }) => {
    const { meter, unit, title, source } = rest;
    return write(
      build
        .insert(ownMeters)
        .values({ ...rest, addsUp, publishedAt: now })
        .onConflictDoUpdate({ target: ownMeters.field, set: { meter, unit, addsUp, title, source } }),
    );
  });
