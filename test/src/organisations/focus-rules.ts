/**
 * What the published validator of FOCUS 1.0 demands of each column, as a list of its own, so that CI needs no Python.
 * `npm run figures -- focus` asks the validator itself. Beside it the values that FOCUS 1.2 closes.
 */

export interface ColumnRule {
  kind: 'text' | 'decimal' | 'instant' | 'currency' | 'json';
  required?: true;
  /** Whether a row may lack it. */
  nullable?: true;
  oneOf?: readonly string[];
}

const text = { kind: 'text', required: true } as const;
const textOrNull = { kind: 'text', required: true, nullable: true } as const;
const decimal = { kind: 'decimal', required: true } as const;
const decimalOrNull = { kind: 'decimal', required: true, nullable: true } as const;
const instant = { kind: 'instant', required: true } as const;

const categories = [
  'AI and Machine Learning',
  'Analytics',
  'Business Applications',
  'Compute',
  'Databases',
  'Developer Tools',
  'Multicloud',
  'Identity',
  'Integration',
  'Internet of Things',
  'Management and Governance',
  'Media',
  'Migration',
  'Mobile',
  'Networking',
  'Security',
  'Storage',
  'Web',
  'Other',
];

const focusRules: Readonly<Record<string, ColumnRule>> = {
  AvailabilityZone: { kind: 'text', nullable: true },
  BilledCost: decimal,
  BillingAccountId: text,
  BillingAccountName: textOrNull,
  BillingCurrency: { kind: 'currency', required: true },
  BillingPeriodEnd: instant,
  BillingPeriodStart: instant,
  ChargeCategory: { ...text, oneOf: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'] },
  // 0.5's name of the category; the validator's rule for SkuPriceId still asks for it, in files of more than a few rows.
  ChargeType: { ...text, oneOf: ['Usage'] },
  ChargeClass: { ...textOrNull, oneOf: ['Correction'] },
  ChargeDescription: textOrNull,
  ChargeFrequency: { kind: 'text', oneOf: ['One-Time', 'Recurring', 'Usage-Based'] },
  ChargePeriodEnd: instant,
  ChargePeriodStart: instant,
  CommitmentDiscountCategory: { ...textOrNull, oneOf: ['Spend', 'Usage'] },
  CommitmentDiscountId: textOrNull,
  CommitmentDiscountName: textOrNull,
  CommitmentDiscountType: textOrNull,
  CommitmentDiscountStatus: { ...textOrNull, oneOf: ['Used', 'Unused'] },
  ConsumedQuantity: decimalOrNull,
  ConsumedUnit: textOrNull,
  ContractedCost: decimal,
  ContractedUnitPrice: decimalOrNull,
  EffectiveCost: decimal,
  InvoiceIssuer: text,
  ListCost: decimal,
  ListUnitPrice: decimalOrNull,
  PricingCategory: { ...textOrNull, oneOf: ['Standard', 'Dynamic', 'Committed', 'Other'] },
  PricingQuantity: decimalOrNull,
  PricingUnit: textOrNull,
  Provider: text,
  Publisher: text,
  RegionId: textOrNull,
  RegionName: textOrNull,
  ResourceID: textOrNull,
  ResourceName: textOrNull,
  ResourceType: textOrNull,
  ServiceCategory: { ...text, oneOf: categories },
  ServiceName: text,
  SkuId: textOrNull,
  SkuPriceId: textOrNull,
  SubAccountId: textOrNull,
  SubAccountName: textOrNull,
  Tags: { kind: 'json', required: true, nullable: true },
};

/** Columns that 1.1 and 1.2 added, or call otherwise than the validator. */
export const laterColumns = [
  'BillingAccountType',
  'CapacityReservationId',
  'CapacityReservationStatus',
  'CommitmentDiscountQuantity',
  'CommitmentDiscountUnit',
  'InvoiceId',
  'InvoiceIssuerName',
  'PricingCurrency',
  'PricingCurrencyContractedUnitPrice',
  'PricingCurrencyEffectiveCost',
  'PricingCurrencyListUnitPrice',
  'ProviderName',
  'PublisherName',
  'ResourceId',
  'ServiceSubcategory',
  'SkuMeter',
  'SkuPriceDetails',
  'SubAccountType',
];

const forms: Record<ColumnRule['kind'], (cell: string) => boolean> = {
  // A program that guesses takes such a column for numbers, truth values or nothing.
  text: (cell) => !/^(?:[+-]?[\d.]+(?:e[+-]?\d+)?|nan|na|n\/a|null|none|true|false|-?inf)$/i.test(cell.trim()),
  decimal: (cell) => /^-?\d+\.\d+$/.test(cell),
  instant: (cell) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(cell),
  currency: (cell) => /^[A-Z]{3}$/.test(cell),
  json: (cell) => {
    const value: unknown = JSON.parse(cell);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  },
};

/** What is wrong with a file, a line each. */
export function focusFindings(columns: readonly string[], rows: readonly Readonly<Record<string, string>>[]): string[] {
  const missing = Object.entries(focusRules).filter(([name, { required }]) => required && !columns.includes(name));
  const wrong = rows.flatMap((row, n) =>
    Object.entries(focusRules).flatMap(([name, rule]) => {
      const cell = row[name] ?? '';
      if (cell === '') return rule.nullable ? [] : [`${n}: ${name} is empty`];
      if (!forms[rule.kind](cell)) return [`${n}: ${name} is no ${rule.kind}: ${cell}`];
      return rule.oneOf && !rule.oneOf.includes(cell) ? [`${n}: ${name} is none of its values: ${cell}`] : [];
    }),
  );
  return [...missing.map(([name]) => `${name} is missing`), ...wrong];
}

/** Reads CSV (RFC 4180) into rows by column. */
export function readCsv(text: string): { columns: string[]; rows: Record<string, string>[] } {
  const lines: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"') quoted = true;
    else if (c === ',' || c === '\n') {
      lines.at(-1)?.push(cell);
      cell = '';
      if (c === '\n') lines.push([]);
    } else if (c !== '\r') cell += c;
  }
  const [columns = [], ...rest] = lines;
  const rows = rest
    .filter((line) => line.length > 0)
    .map((line) => Object.fromEntries(columns.map((name, i) => [name, line[i] ?? ''])));
  return { columns, rows };
}
