/**
 * A month in the form of FOCUS (FinOps Open Cost and Usage Specification): version 1.0 with the columns that 1.2 has beside
 * it, one row a (project, meter, day). Pure.
 *
 * `BilledCost` and `EffectiveCost` are whole cents by running sums, so that they add up to what the overview says;
 * `ListCost` and `ContractedCost` are the unit price times the quantity, unrounded, as FOCUS demands of them.
 */
import { Decimal } from '../lib/decimal.ts';
import { iso } from '../lib/time.ts';
import { centsIn, type Fraction, type ListRate } from '../pricing/list-rates.ts';
import type { ProjectCost } from './cost.ts';
import { displayName, serviceOf, unitOf } from './focus-words.ts';
import { type Month, secondsOfMonth, startOfMonth } from './month.ts';
import type { ProjectRow } from './project.ts';

/** The columns of 1.2 in the alphabet's order; the published validator of 1.0 asks for five of them by older names. */
export const focusColumns = [
  'AvailabilityZone',
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingAccountType',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'CapacityReservationId',
  'CapacityReservationStatus',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'CommitmentDiscountCategory',
  'CommitmentDiscountId',
  'CommitmentDiscountName',
  'CommitmentDiscountQuantity',
  'CommitmentDiscountStatus',
  'CommitmentDiscountType',
  'CommitmentDiscountUnit',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'ContractedUnitPrice',
  'EffectiveCost',
  'InvoiceId',
  'InvoiceIssuerName',
  'ListCost',
  'ListUnitPrice',
  'PricingCategory',
  'PricingCurrency',
  'PricingCurrencyContractedUnitPrice',
  'PricingCurrencyEffectiveCost',
  'PricingCurrencyListUnitPrice',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'RegionId',
  'RegionName',
  'ResourceId',
  'ResourceName',
  'ResourceType',
  'ServiceCategory',
  'ServiceName',
  'ServiceSubcategory',
  'SkuId',
  'SkuMeter',
  'SkuPriceDetails',
  'SkuPriceId',
  'SubAccountId',
  'SubAccountName',
  'SubAccountType',
  'Tags',
  'ChargeType',
  'InvoiceIssuer',
  'Provider',
  'Publisher',
  'ResourceID',
  'x_ClusterId',
  'x_CustomerId',
  'x_Complete',
] as const;
type Column = (typeof focusColumns)[number];

/** What a row has; columns that are not named are null there. */
export type FocusRow = Partial<Record<Column, string>>;

const provider = 'Tenantry';
const currency = 'USD';
const centsPerDollar = 100;
const placesMax = 12;

/** FOCUS's instants have no fraction. */
const instant = (ms: number): string => iso(ms).replace('.000Z', 'Z');

/** A decimal with a point in it, always: a reader that guesses takes a column of whole numbers for something else. */
const decimal = (value: Decimal): string => {
  const text = value.toDecimalPlaces(placesMax).toFixed();
  return text.includes('.') ? text : `${text}.0`;
};

const decimalOf = ({ over, under }: Fraction): Decimal => new Decimal(String(over)).div(String(under));

export interface FocusMonth {
  organisation: { id: string; slug: string; name: string };
  month: Month;
  rates: readonly ListRate[];
  columns: readonly string[];
}

/** What all rows of a month share. */
function shared({ organisation, month }: FocusMonth): FocusRow {
  return {
    BillingAccountId: organisation.id,
    BillingAccountName: displayName(organisation.name, organisation.slug),
    BillingAccountType: 'Organisation',
    BillingCurrency: currency,
    BillingPeriodStart: instant(startOfMonth(month)),
    BillingPeriodEnd: instant(startOfMonth(month + 1)),
    ChargeCategory: 'Usage',
    ChargeType: 'Usage',
    ChargeFrequency: 'Usage-Based',
    InvoiceIssuerName: provider,
    InvoiceIssuer: provider,
    PricingCategory: 'Standard',
    PricingCurrency: currency,
    ProviderName: provider,
    Provider: provider,
    PublisherName: provider,
    Publisher: provider,
    SubAccountType: 'Namespace',
    ResourceType: 'Namespace',
  };
}

/** What all rows of a meter share, and how its units become quantities and dollars. */
function ofMeter(rate: ListRate, month: Month) {
  const seconds = rate.perMonth ? secondsOfMonth(month) : 1;
  const unitsInOne = new Decimal(rate.baseUnits).times(seconds);
  const dollarsOfUnit = decimalOf(centsIn(rate, secondsOfMonth(month))).div(centsPerDollar);
  const price = decimal(decimalOf(rate.cents).times(rate.baseUnits).div(centsPerDollar));
  const { category, subcategory } = serviceOf(rate.meter);
  const unit = unitOf(rate.unit);
  const row: FocusRow = {
    ConsumedUnit: unit,
    PricingUnit: unit,
    ListUnitPrice: price,
    ContractedUnitPrice: price,
    PricingCurrencyListUnitPrice: price,
    PricingCurrencyContractedUnitPrice: price,
    ServiceCategory: category,
    ServiceSubcategory: subcategory,
    ServiceName: rate.description,
    SkuId: rate.meter,
    SkuMeter: rate.description,
    SkuPriceId: `${rate.meter}@${price}`,
  };
  return {
    row,
    quantityOf: (units: bigint) => new Decimal(String(units)).div(unitsInOne),
    dollarsOf: (units: bigint) => dollarsOfUnit.times(String(units)),
  };
}

const ofProject = ({ namespace, clusterId, customerId, labels }: ProjectRow): FocusRow => ({
  SubAccountId: namespace,
  SubAccountName: namespace,
  ResourceId: `${clusterId}/${namespace}`,
  ResourceID: `${clusterId}/${namespace}`,
  ResourceName: namespace,
  Tags: JSON.stringify(labels ?? {}),
  x_ClusterId: clusterId,
  x_CustomerId: customerId,
});

/** The rows of a project, day by day; a day without any use of a meter has none. @param buckets the month's days */
export function* focusRows(
  month: FocusMonth,
  project: ProjectRow,
  cost: ProjectCost,
  buckets: readonly { start: number; end: number }[],
): Generator<FocusRow> {
  const common = { ...shared(month), ...ofProject(project) };
  for (const [r, rate] of month.rates.entries()) {
    const { row, quantityOf, dollarsOf } = ofMeter(rate, month.month);
    const places = rate.columns.map((column) => month.columns.indexOf(column));
    for (const [b, { start, end }] of buckets.entries()) {
      const units = places.reduce((sum, place) => sum + (cost.units[place]?.[b] ?? 0n), 0n);
      const cents = cost.cents[r]?.[b] ?? 0;
      if (units === 0n && cents === 0) continue;
      const billed = (cents / centsPerDollar).toFixed(2);
      const list = decimal(dollarsOf(units));
      const quantity = decimal(quantityOf(units));
      yield {
        ...common,
        ...row,
        BilledCost: billed,
        EffectiveCost: billed,
        PricingCurrencyEffectiveCost: billed,
        ListCost: list,
        ContractedCost: list,
        ConsumedQuantity: quantity,
        PricingQuantity: quantity,
        ChargePeriodStart: instant(start),
        ChargePeriodEnd: instant(end),
        ChargeDescription: `${rate.description} of ${project.namespace} at list rates`,
        x_Complete: String(cost.complete[b] ?? true),
      };
    }
  }
}
