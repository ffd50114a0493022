import { describe, expect, it } from 'vitest';
import type { Context, Operation } from '../../../../dev/stripe/context.ts';
import { Refusal } from '../../../../dev/stripe/errors.ts';
import { readForm } from '../../../../dev/stripe/form.ts';
import { execute } from '../../../../dev/stripe/operation.ts';
import { operations } from '../../../../dev/stripe/operations/all.ts';
import type { Parameters, Shape } from '../../../../dev/stripe/parameters.ts';

/** The code with which an operation refuses a form; it never comes to anything that needs a context. */
function refusedWith(operation: Operation, form: string): string | undefined {
  try {
    execute(operation, {} as Context, {}, readForm(form));
  } catch (error) {
    if (error instanceof Refusal) return `${error.refusal.error.code} ${error.refusal.error.param}`;
    throw error;
  }
  return undefined;
}

/** The names under which a description takes others: `subscription_data[trial_settings]`. */
function groups(parameters: Parameters, outer = ''): string[] {
  return Object.entries(parameters).flatMap(([name, shape]) => {
    const full = outer === '' ? name : `${outer}[${name}]`;
    return inside(shape, full);
  });
}
function inside(shape: Shape, full: string): string[] {
  if (typeof shape === 'string') return [];
  if ('must' in shape) return inside(shape.must, full);
  if ('unset' in shape) return inside(shape.unset, full);
  if ('many' in shape) return inside(shape.many, `${full}[0]`);
  return 'of' in shape ? [full, ...groups(shape.of, full)] : [];
}

describe('what the stand-in does not implement', () => {
  it.each(operations.map((operation) => ({ operation, at: `${operation.method} ${operation.path}` })))(
    'is refused, never ignored, by $at',
    ({ operation }) => {
      expect(refusedWith(operation, 'on_behalf_of=acct_1')).toBe('parameter_unknown on_behalf_of');
      for (const group of groups(operation.parameters)) {
        const param = `${group}[on_behalf_of]`;
        expect(refusedWith(operation, `${param}=acct_1`)).toBe(`parameter_unknown ${param}`);
      }
    },
  );
});
