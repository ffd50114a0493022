/** An amount of money and a quantity, so that columns of them line up. */
import { moneyText } from '../money/money-text.ts';
import { common } from '../texts/common.ts';

export const Amount = ({ cents }: { cents: number }) => <span className="tenantry-number">{moneyText(cents)}</span>;

const form = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** @param of undefined: it was not measured */
export const Quantity = ({ of }: { of: number | undefined }) => (
  <span className="tenantry-number">{of === undefined ? common.none : form.format(of)}</span>
);
