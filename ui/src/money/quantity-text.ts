/** Quantities of usage as text, of the API's decimal strings and numbers. */
const form = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
/** Below this, three places would say nothing. */
const smallBelow = 0.001;
const smallForm = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 });

/** `1,234.5`: three places, or two digits of what is smaller. */
export function quantityText(quantity: string | number): string {
  const number = Number(quantity);
  return Math.abs(number) < smallBelow ? smallForm.format(number) : form.format(number);
}

/** The unit of a quantity: in the plural unless it is shown as 1; GB and the like have none. The API's lines say it the same way. */
export const unitsText = (unit: string, quantity: string | number): string =>
  quantityText(quantity) === '1' || !/[a-z]$/.test(unit) ? unit : `${unit}s`;
