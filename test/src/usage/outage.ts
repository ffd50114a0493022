/** A D1 that fails while a switch is on, as a database that is overloaded or gone does. */
export function failing(database: D1Database) {
  const state = { down: false, after: Number.POSITIVE_INFINITY };
  const check = () => {
    if (state.down || state.after-- <= 0) throw new Error('D1_ERROR: Network connection lost.');
  };
  const proxy = new Proxy(database, {
    get(target, name) {
      if (name === 'batch') {
        return async (statements: D1PreparedStatement[]) => {
          check();
          return await target.batch(statements);
        };
      }
      if (name === 'prepare') {
        return (sql: string) => {
          check();
          return target.prepare(sql);
        };
      }
      return Reflect.get(target, name) as unknown;
    },
  });
  return { database: proxy, state };
}
