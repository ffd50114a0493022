/** What the API says of the operator's own meters, as far as this version understands it. */
import { z } from 'zod';
import {
  type MeasuredMeter,
  type OwnField,
  type OwnMeter,
  ownFields,
  ownMeter,
} from '../../src/contracts/own-meters.ts';

/** What is measured beside the built-in meters. */
export interface Learned {
  measured: MeasuredMeter[];
  /** Fields of which this version does not understand where they come from: missing, never zero. */
  unknown: OwnField[];
}

export const nothingLearned: Learned = { measured: [], unknown: [] };

/** Of a meter that an API newer than this describes in another way only the field is taken. */
export const ownMetersAnswer = z.object({ items: z.array(z.union([ownMeter, z.object({ field: z.string() })])) });

export function toLearned(items: readonly (OwnMeter | { field: string })[]): Learned {
  const learned: Learned = { measured: [], unknown: [] };
  for (const item of items) {
    const field = ownFields.find((one) => one === item.field);
    if (!('source' in item)) {
      if (field) learned.unknown.push(field);
    } else if (item.source !== 'report') learned.measured.push({ ...item, source: item.source });
  }
  return learned;
}
