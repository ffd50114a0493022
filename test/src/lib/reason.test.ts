import { DrizzleQueryError } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { framesOf, reasonOf } from '../../../src/lib/reason.ts';

describe('the reason of a failure, for the log', () => {
  const inner = new Error('D1_ERROR: no such column: x at offset 7: SQLITE_ERROR');
  const failed = new DrizzleQueryError('select x from customers where email = ?', ['ada@example.com'], inner);

  it('has every cause and no parameter', () => {
    expect(reasonOf(failed)).toBe(`Failed query: select x from customers where email = ?: ${inner.message}`);
    const type = new Error("D1_TYPE_ERROR: Type 'bigint' not supported for value 'ada@example.com'");
    expect(reasonOf(type)).toBe("D1_TYPE_ERROR: Type 'bigint' not supported for a value");
  });

  it('says where, without the message', () => {
    expect(framesOf(failed)).toContain('reason.test');
    expect(framesOf(failed)).not.toContain('ada@');
    expect(framesOf('text')).toBe('');
  });
});
