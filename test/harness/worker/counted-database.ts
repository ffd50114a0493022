/** A database that tells of what goes to it. */

/** @param timed runs what goes to the database: a statement that runs by itself, or a batch */
export function countedDatabase(database: D1Database, timed: <T>(run: () => Promise<T>) => Promise<T>): D1Database {
  const statement = (inner: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(inner, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (name === 'bind') return (...params: unknown[]) => statement(target.bind(...params));
        if (['run', 'all', 'raw', 'first'].includes(String(name)))
          return (...args: []) => timed(() => (value as (...a: []) => Promise<unknown>).apply(target, args));
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    });
  const originals = new WeakMap<object, D1PreparedStatement>();
  return new Proxy(database, {
    get(target, name) {
      if (name === 'prepare')
        return (text: string) => {
          const remembered = (inner: D1PreparedStatement): D1PreparedStatement => {
            const proxy = new Proxy(statement(inner), {
              get(wrapped, key) {
                if (key === 'bind') return (...params: unknown[]) => remembered(inner.bind(...params));
                return Reflect.get(wrapped, key) as unknown;
              },
            });
            originals.set(proxy, inner);
            return proxy;
          };
          return remembered(target.prepare(text));
        };
      if (name === 'batch')
        return (statements: D1PreparedStatement[]) =>
          timed(() => target.batch(statements.map((s) => originals.get(s) ?? s)));
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}
