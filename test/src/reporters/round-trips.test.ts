import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { controlOf, shardOf } from '../usage/harness.ts';
import { metered } from '../usage/story.ts';

/** A D1 whose calls are counted: a batch is one, as is a statement that runs by itself. */
function counted(database: D1Database, calls: string[]): D1Database {
  const real = new WeakMap<object, D1PreparedStatement>();
  const statement = (target: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const wrapped = new Proxy(target, {
      get(prepared, name) {
        if (name === 'bind') return (...values: unknown[]) => statement(prepared.bind(...values), sql);
        const value = Reflect.get(prepared, name) as unknown;
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          calls.push(sql);
          return (value as (...all: unknown[]) => unknown).apply(prepared, given);
        };
      },
    });
    real.set(wrapped, target);
    return wrapped;
  };
  return new Proxy(database, {
    get(target, name) {
      if (name === 'prepare') return (sql: string) => statement(target.prepare(sql), sql);
      if (name === 'batch') {
        return (statements: D1PreparedStatement[]) => {
          calls.push(`a batch of ${statements.length}`);
          return target.batch(statements.map((s) => real.get(s) ?? s));
        };
      }
      return Reflect.get(target, name) as unknown;
    },
  });
}

describe('a reporter that takes fifty namespaces over', () => {
  it('is made in ten round trips to D1 at most: key, Idempotency-Key, customer and all', async () => {
    const api = makeApi(Date.parse('2026-11-20T12:30:00.000Z'));
    const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
    const path = `/api/customers/${who.customerId}/reporters`;
    const namespaces = Array.from({ length: 50 }, (_, i) => `fifty-${i}`);
    const first = { instance_id: 'first', namespaces, active_from: '2026-11-20T00:00:00Z' };
    expect((await api.call('POST', path, { token: rootToken, body: first })).status).toBe(201);
    const calls: string[] = [];
    const answer = await api.call('POST', path, {
      token: rootToken,
      headers: { 'idempotency-key': 'takes-fifty-namespaces-over' },
      body: { instance_id: 'second', namespaces, take_over: true, active_from: '2026-11-20T12:00:00Z' },
      bindings: { CONTROL: counted(controlOf(env), calls), USAGE_0: counted(shardOf(env), calls) },
    });
    expect(answer.status).toBe(201);
    // The root token is not read; any other admin's is, in one more.
    expect(calls.length, calls.join('\n')).toBeLessThanOrEqual(9);
    expect(calls.length).toBeGreaterThan(5);
    const { results } = await controlOf(env)
      .prepare(`SELECT count(*) AS n FROM ownerships o JOIN reporters r ON r.seq = o.reporter_seq
        WHERE r.instance_id = 'second' AND r.customer_id = ?`)
      .bind(who.customerId)
      .all<{ n: number }>();
    expect(results).toEqual([{ n: 50 }]);
  });
});
