/** A PostgreSQL server, as PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD name it. Its user needs no more than a database. */
import { Pool } from 'pg';
import type { Database, Queries } from './database.ts';

const connectionsMax = 10;
const connectWithinMs = 5_000;
const statementWithinMs = 15_000;

/** @param onProblem a connection that nobody used has broken; the next question opens another one */
export function openPostgres(onProblem: (error: Error) => void): Database {
  const pool = new Pool({
    max: connectionsMax,
    connectionTimeoutMillis: connectWithinMs,
    statement_timeout: statementWithinMs,
    application_name: 'instance',
  });
  pool.on('error', onProblem);
  return {
    query: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await pool.query(sql, [...values])).rows as Row[],
    async transaction(work) {
      const client = await pool.connect();
      const queries: Queries = {
        query: async <Row>(sql: string, values: readonly unknown[] = []) =>
          (await client.query(sql, [...values])).rows as Row[],
      };
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        const made = await work(queries);
        await client.query('COMMIT');
        return made;
      } catch (error) {
        await client.query('ROLLBACK').catch((cause: Error) => {
          broken = cause;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}
