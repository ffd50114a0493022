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

/** A unit in the plural; GB and the like have none. The API's lines say it the same way. */
export const unitsText = (unit: string): string => (/[a-z]$/.test(unit) ? `${unit}s` : unit);
