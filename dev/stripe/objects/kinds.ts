/** Every kind of object that the stand-in keeps, and what each is looked up by. */
import type { Customer } from './customer.ts';

export type Kinds = {
  customer: Customer;
};
export type Kind = keyof Kinds;

type Lookups = { customer: string | null; parent: string | null; key: string | null };
const none: Lookups = { customer: null, parent: null, key: null };

const lookups: { [K in Kind]: (object: Kinds[K]) => Partial<Lookups> } = {
  customer: ({ email }) => ({ key: email }),
};

export const lookupsOf = <K extends Kind>(kind: K, object: Kinds[K]): Lookups => ({
  ...none,
  ...lookups[kind](object),
});
