/** The instance's database: PostgreSQL, as a server (postgres.ts) or inside the process (embedded.ts). */

export interface Queries {
  /** One statement. Counts are to be cast to int, because what is larger than that comes as text. */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Queries {
  /** All of it or nothing. What it throws is thrown again, after nothing has been kept. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
