import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../dev/stripe/errors.ts';
import { readForm, type Tree } from '../../../dev/stripe/form.ts';

const plain = (tree: Tree): unknown =>
  Object.fromEntries([...tree].map(([name, value]) => [name, typeof value === 'string' ? value : plain(value)]));
const read = (text: string) => plain(readForm(text));

describe("Stripe's form encoding", () => {
  it('reads lists, hashes and what is in them', () => {
    expect(read('items[0][price]=price_1&items[0][quantity]=2&items[1][price]=price_2&metadata[a]=b%20c')).toEqual({
      items: { 0: { price: 'price_1', quantity: '2' }, 1: { price: 'price_2' } },
      metadata: { a: 'b c' },
    });
  });

  it('numbers what has no number, and takes the last of two', () => {
    expect(read('expand[]=a&expand[]=b&email=x&email=y')).toEqual({ expand: { 0: 'a', 1: 'b' }, email: 'y' });
  });

  it('keeps names that objects have of their own', () => {
    expect(read('metadata[__proto__]=x&metadata[constructor]=y')).toMatchObject({ metadata: { constructor: 'y' } });
    expect([...(readForm('metadata[__proto__]=x').get('metadata') as Tree)]).toEqual([['__proto__', 'x']]);
  });

  it.each(['a[b=1', 'a]=1', '[a]=1', 'a[b]c=1', 'a=1&a[b]=2', 'a[b]=1&a=2', `a${'[b]'.repeat(9)}=1`])(
    'refuses %s',
    (text) => {
      expect(() => readForm(text)).toThrow(Refusal);
    },
  );
});
