/** The package stands alone, so what it repeats of the contract is held against the contract here. */
import { describe, expect, it } from 'vitest';
import { takenForMs } from '../../../sdk/usage-reporter/src/core/closing.ts';
import {
  boundOf,
  type Field,
  fieldsOf,
  ownFields,
  type Source,
  summedFields,
} from '../../../sdk/usage-reporter/src/core/fields.ts';
import { reportOf } from '../../../sdk/usage-reporter/src/core/report.ts';
import { addPeak, addSum, addUnseen, emptyWindow, use } from '../../../sdk/usage-reporter/src/core/window.ts';
import { quantityBounds, reportGapsMax, usageReport } from '../../../src/contracts/usage.ts';
import { quantityOf } from '../../../src/usage/meters.ts';
import { openMs } from '../../../src/usage/window-bounds.ts';
import { customerId, instanceId, namespace } from './intake.ts';

const fields = Object.keys(boundOf) as Field[];
const hourMs = 3_600_000;

describe('the fields of the usage reporter', () => {
  it.each(fields)('%s has the bound that the API has', (field) => {
    expect(boundOf[field]).toBe(quantityBounds[field]);
  });

  it('each belongs to one source', () => {
    expect(Object.values(fieldsOf).flat().toSorted()).toEqual(fields.toSorted());
  });

  it('add up as the API adds them up', () => {
    const kindOf = (field: string) => quantityOf.get(field)?.kind;
    expect(summedFields.map(kindOf)).toEqual(summedFields.map(() => 'sum'));
    expect(ownFields.map(kindOf)).toEqual(ownFields.map(() => 'own'));
    expect(['active_devices', 'total_devices', 'postgres_row_count'].map(kindOf)).toEqual(['peak', 'peak', 'peak']);
    expect(kindOf('postgres_size_mb')).toBe('average');
  });
});

describe('a window', () => {
  it('is taken for as long as the reporter believes', () => {
    expect(takenForMs).toBe(openMs);
  });
});

describe('a report', () => {
  const whole = () => {
    const window = emptyWindow(hourMs * 10);
    for (const source of Object.keys(fieldsOf) as Source[]) {
      use(window, source);
      for (const field of fieldsOf[source]) (field.startsWith('custom') ? addPeak : addSum)(window, field, 1e15);
    }
    return window;
  };
  const of = (window: ReturnType<typeof whole>) =>
    reportOf({ customerId, instanceId, namespace }, window, hourMs, 11 * hourMs);

  it('is one of the contract, with nothing that it does not know', () => {
    const report = of(whole());
    expect(usageReport.strict().parse(report)).toEqual(report);
  });

  it('is never above a bound', () => {
    const report = of(whole());
    expect(fields.filter((field) => (report[field] ?? 0) > boundOf[field])).toEqual([]);
  });

  it('tells as many gaps as the API takes, of reasons in its form', () => {
    const window = whole();
    const reasons = ['not_started', 'crashed', 'clock_step', 'not_attached', 'not_sampled'] as const;
    for (const source of Object.keys(fieldsOf) as Source[]) {
      for (const reason of reasons) addUnseen(window, { source, reason, fromMs: 0, toMs: 1, ms: 1 });
    }
    const { gaps } = usageReport.parse(of(window));
    expect(gaps).toHaveLength(reportGapsMax);
    expect(gaps?.every(({ reason }) => /^[a-z][a-z_]{0,31}$/.test(reason))).toBe(true);
  });
});
