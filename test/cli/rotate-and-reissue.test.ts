import { describe, expect, it } from 'vitest';
import { rotatedCredential } from '../../src/contracts/credentials.ts';
import { rotateBody } from '../../src/contracts/customers.ts';
import { reissueAnswer, reissueBody } from '../../src/contracts/licences.ts';
import { batchAnswer } from '../../src/contracts/queue.ts';
import { callApi, customerId } from './harness.ts';
import { get, post, standIn } from './stand-in.ts';

const keyId = `key_${'d'.repeat(32)}`;
const otherKey = `key_${'e'.repeat(32)}`;
const batchId = `bat_${'b'.repeat(32)}`;
const at = '2026-11-21T10:00:00.000Z';

describe('credentials rotate', () => {
  const route = post('/api/credentials/:id/rotate', rotateBody, 201, rotatedCredential, {
    ...{ success: true, credential_id: otherKey, secret: 'prv_secret', old_revoked_at: '2026-11-22T10:00:00.000Z' },
  });

  it('prints the new secret once, and says until when the old one works', async () => {
    const { exit, lines, heard } = await callApi(['credentials', 'rotate', keyId], standIn([route]));
    expect(exit).toBe(0);
    expect(heard[0]).toMatchObject({ path: `/api/credentials/${keyId}/rotate`, body: { overlap_seconds: 86_400 } });
    expect(lines.filter((line) => line.includes('prv_secret'))).toHaveLength(1);
    expect(lines.at(-1)).toBe(`${keyId} works until 2026-11-22 10:00 UTC.`);
  });

  it('asks where the old one stops at once', async () => {
    const args = ['credentials', 'rotate', keyId, '--overlap', '0'];
    expect(await callApi(args, standIn([route]))).toMatchObject({ exit: 2, heard: [] });
    expect((await callApi([...args, '--yes'], standIn([route]))).exit).toBe(0);
  });
});

describe('licences reissue', () => {
  it('takes one customer, or all after a question', async () => {
    const route = post('/api/licenses/reissue', reissueBody, 202, reissueAnswer, { success: true, reissued: 1 });
    const one = await callApi(['licences', 'reissue', customerId, '--reason', 'leaked'], standIn([route]));
    expect(one.heard[0]?.body).toEqual({ customer_ids: [customerId], reason: 'leaked' });
    const all = ['licences', 'reissue', '--all', '--reason', 'new key'];
    expect(await callApi(all, standIn([route]))).toMatchObject({ exit: 2, heard: [] });
    const progress = (done: number) => ({
      ...{ batch_id: batchId, action: 'reissue_licences', rate: 5, matched: 20, done, reason: 'new key' },
      ...{ started_by: 'root', created_at: at, refused: done < 18 ? [] : [{ code: 'licence_revoked', items: 2 }] },
      ...(done < 18 ? { state: 'running', finished_at: null } : { state: 'done', finished_at: at }),
    });
    let asked = 0;
    const order = standIn([
      post('/api/licenses/reissue', reissueBody, 202, reissueAnswer, {
        ...{ success: true, reissued: 0, batch_id: batchId, matched: 20 },
      }),
      {
        ...get('/api/queue/batches/:id', batchAnswer, null, undefined),
        tell: () => progress([5, 10, 18][asked++] ?? 18),
      },
    ]);
    const every = await callApi(all, order, 'y');
    expect(every.heard[0]?.body).toEqual({ all: true, reason: 'new key' });
    expect(every.notes).toEqual([
      '[#######-----------------------]  25 %  5 of 20',
      '[###############---------------]  50 %  10 of 20',
      '[##############################] 100 %  20 of 20',
    ]);
    expect(every.lines).toEqual([
      'new licences: 18 of 20 customers; the instances pull theirs within 6 hours',
      'left as they are: 2, licence_revoked',
    ]);
  });
});
