import { defineConfig } from 'drizzle-kit';

// `npm run migrations` writes the next migration of each database from src/db/*-schema.ts.
const database = process.env['DATABASE'] === 'usage' ? 'usage' : 'control';

export default defineConfig({
  dialect: 'sqlite',
  schema: `./src/db/${database}-schema.ts`,
  out: `./migrations/${database}`,
});
