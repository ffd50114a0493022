import { defineConfig } from 'drizzle-kit';

// `npm run migrations` writes the next migration of each database from src/db/*-schema.ts.
const database = process.env['DATABASE'] === 'usage' ? 'usage' : 'control';
const schema =
  database === 'usage'
    ? ['usage-schema']
    : [
        'control-schema',
        'licence-schema',
        'work-schema',
        'pricing-schema',
        'session-schema',
        'stripe-schema',
        'invoice-schema',
        'credit-schema',
        'spend-cap-schema',
        'billing-schema',
        'statement-schema',
      ];

export default defineConfig({
  dialect: 'sqlite',
  schema: schema.map((name) => `./src/db/${name}.ts`),
  out: `./migrations/${database}`,
});
