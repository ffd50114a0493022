/** What a correction changes of a window, and what that moves. */
import type { Correction } from '../../../src/contracts/corrections.ts';
import { quantityFields } from '../../../src/contracts/usage.ts';
import { moneyText } from '../money/money-text.ts';
import { common } from '../texts/common.ts';
import { correctionTexts as texts } from '../texts/console-corrections.ts';

const textOf = (quantity: number | undefined): string => (quantity === undefined ? common.none : String(quantity));

/** An amount that is moved: with its sign. @param cents null where it is not known */
export const movedText = (cents: number | null): string =>
  cents === null ? common.none : texts.moved(moneyText(cents), cents > 0);

export const invoiceText = (invoice: Correction['invoice']): string => texts.invoices[invoice ?? 'none'];

/** The quantities that differ. */
export function CorrectionChange({ before, after }: Pick<Correction, 'before' | 'after'>) {
  const fields = quantityFields.filter((field) => before?.[field] !== after[field]);
  if (fields.length === 0) return <p>{texts.same}</p>;
  return (
    <ul>
      {fields.map((field) => (
        <li key={field} className="tenantry-number">
          {texts.change(field, textOf(before?.[field]), textOf(after[field]))}
        </li>
      ))}
    </ul>
  );
}
