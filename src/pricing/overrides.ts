/** Reads a customer's overrides from the wire: names to what they mean, numbers to decimals. Pure. */
import type { OverridesBody } from '../contracts/cost.ts';
import type { OwnMeter } from '../contracts/own-meters.ts';
import { Decimal } from '../lib/decimal.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { allowanceNamed, metersNamed } from './meters.ts';
import type { Overrides } from './stretch.ts';

export interface OverrideFault {
  code: 'unknown_meter' | 'validation_failed';
  message: string;
  path: string;
}

const unknown = (path: string): OverrideFault => ({
  code: 'unknown_meter',
  message: `${path}: is not an allowance or a meter that is rated`,
  path,
});

const ownNamed = (name: string, own: readonly OwnMeter[]): string | undefined =>
  own.find(({ meter, field }) => meter === name || field === name)?.meter;

function metersMeant(name: string, own: readonly OwnMeter[]): string[] {
  const meter = ownNamed(name, own);
  return meter === undefined ? metersNamed(name) : [meter];
}

/**
 * Names may be a meter, a wire field, or an allowance that meters share; `own` are the operator's meters. Two names for one
 * thing must agree.
 */
export function readOverrides(body: OverridesBody, own: readonly OwnMeter[]): Result<Overrides, OverrideFault> {
  const allowances: Record<string, string | null> = {};
  const prices: Record<string, string> = {};
  for (const [name, value] of Object.entries(body.allowances ?? {})) {
    const key = ownNamed(name, own) ?? allowanceNamed(name);
    if (key === null) return err(unknown(`allowances.${name}`));
    const next = value === null ? null : new Decimal(value).toString();
    if (key in allowances && allowances[key] !== next) return err(differs(`allowances.${name}`, key));
    allowances[key] = next;
  }
  for (const [name, value] of Object.entries(body.prices ?? {})) {
    const meters = metersMeant(name, own);
    if (meters.length === 0) return err(unknown(`prices.${name}`));
    const next = new Decimal(value).toString();
    for (const meter of meters) {
      if (meter in prices && prices[meter] !== next) return err(differs(`prices.${name}`, meter));
      prices[meter] = next;
    }
  }
  return ok({ allowances, prices });
}

const differs = (path: string, key: string): OverrideFault => ({
  code: 'validation_failed',
  message: `${path}: says something else than another name of ${key}`,
  path,
});
