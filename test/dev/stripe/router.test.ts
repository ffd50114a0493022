import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../dev/stripe/context.ts';
import { routerOf } from '../../../dev/stripe/router.ts';

const at = (method: Operation['method'], path: string): Operation => ({
  method,
  path,
  parameters: {},
  run: () => ({ object: path }),
});

describe('which operation a request means', () => {
  const one = at('GET', '/v1/customers/:id');
  const search = at('GET', '/v1/customers/search');
  const find = routerOf([one, search, at('POST', '/v1/customers/:id/tax_ids/:tax')]);

  it('a literal wins over a place, in whatever order they stand', () => {
    expect(find('GET', '/v1/customers/search')?.operation).toBe(search);
    expect(find('GET', '/v1/customers/cus_1')).toMatchObject({ operation: one, path: { id: 'cus_1' } });
  });

  it('places are decoded, each by its name', () => {
    expect(find('POST', '/v1/customers/a%2Fb/tax_ids/c')?.path).toEqual({ id: 'a/b', tax: 'c' });
  });

  it.each(['/v1/customers/', '/v1/customers/%', '/v1/customers', '/v1/customers/a/b', '/v1/nothing/a'])(
    'none: %s',
    (path) => {
      expect(find('GET', path)).toBeNull();
    },
  );

  it('another method is another address', () => {
    expect(find('DELETE', '/v1/customers/cus_1')).toBeNull();
  });

  it('two operations with one address are a mistake that is seen at the start', () => {
    expect(() => routerOf([one, at('GET', '/v1/customers/:customer')])).toThrow('two operations');
  });
});
