/**
 * What the first billing API did, done well: Express, a key look-up by hash and one INSERT a report, PostgreSQL with its
 * durable defaults, a pool and prepared statements. A program of its own, so that it has a process as the Worker has.
 */
import { createHash } from 'node:crypto';
import express from 'express';
import pg from 'pg';

const POOL_SIZE = 10;
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: POOL_SIZE });
const columns = [
  'customer_id',
  'instance_id',
  'namespace',
  'window_start',
  'window_end',
  'revision',
  'cpu_hours',
  'memory_gb_hours',
  'storage_used_gb',
  'storage_capacity_gb',
  'network_bytes_sent',
  'network_bytes_received',
  'http_requests',
  'running_pods',
];
const insert = {
  name: 'insert-report',
  text: `INSERT INTO usage_reports (${columns.join(', ')}) VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})
    ON CONFLICT (customer_id, window_end, instance_id, namespace) DO NOTHING`,
};

const app = express();
app.use(express.json());
app.post('/api/usage/report', async (req, res) => {
  const key = (req.get('authorization') ?? '').replace('Bearer ', '');
  const hash = createHash('sha256').update(key).digest('hex');
  const found = await pool.query({
    name: 'key',
    text: 'SELECT customer_id FROM api_keys WHERE hash = $1',
    values: [hash],
  });
  const report = req.body as Record<string, unknown>;
  if (found.rows[0]?.customer_id !== report['customer_id']) {
    res.status(403).json({ error: 'forbidden' });
    return;
  }
  await pool.query({ ...insert, values: columns.map((name) => report[name]) });
  res.status(202).json({ success: true, accepted: 1 });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening ${typeof address === 'object' ? address?.port : ''}`);
});
