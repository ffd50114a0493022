/** Prices at Stripe that an operator binds by variables of their own: `STRIPE_PRICE_STARTER=price_…` (decision 31). Pure. */

/** By variable. */
export const boundPricesOf = (environment: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith('STRIPE_PRICE_') && typeof value === 'string' && value !== '' ? [[name, value]] : [],
    ),
  );

/** What is not the id of a price would be asked for in vain; a line for each. */
export const boundPriceFaults = (environment: Readonly<Record<string, unknown>>): string[] =>
  [...boundPricesOf(environment)].flatMap(([name, value]) =>
    /^price_[A-Za-z0-9_]{1,250}$/.test(value) ? [] : [`${name} must be the id of a price at Stripe: price_…`],
  );
