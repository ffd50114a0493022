/** A reader of options that are numbers of the contract's bodies. */
import type { z } from 'zod';
import { by, invalid } from './command.ts';

/** Reads a whole number and holds it to the contract's own schema. */
export const wholeNumber =
  <T extends z.ZodType>(schema: T) =>
  (text: string): z.output<T> => {
    if (!/^\d+$/.test(text)) throw invalid('must be a whole number');
    return by(schema)(Number(text) as unknown as string);
  };
