/** The keys of statements: a set of their own that may be rotated, never taken for those of licences. */
import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { gunzip } from '../../../src/lib/gzip.ts';
import { verifyLicence } from '../../../src/licences/verify.ts';
import { openStatementKeys } from '../../../src/statements/keys.ts';
import { verifyStatement } from '../../../src/statements/verify.ts';
import { signStatements } from '../../../src/workflows/billing/sign-statements.ts';
import { download, finalise, makeWorld, prepare, publishedKeys, randomMonth, statementOf } from './kit.ts';

const world = await makeWorld();

describe('the keys of statements', () => {
  it('stay published when another set has taken their place, so that what they signed still verifies', async () => {
    const { bytes } = await statementOf(world, 21, 20);
    const pair = await generateKeyPair('ES256', { extractable: true });
    const next = JSON.stringify([await exportJWK(pair.privateKey)]);
    const rotated = { ...world, context: { ...world.context, statementKeys: () => openStatementKeys(next) } };
    const later = await statementOf(rotated, 22, 20);
    const keys = await publishedKeys(world, { STATEMENT_PRIVATE_KEYS: next });
    for (const file of [bytes, later.bytes]) expect((await verifyStatement(file, keys)).signature).toBe('trusted');
    const [newest] = keys.keys;
    expect(keys.keys).toHaveLength(2);
    // A customer who has the new set only is told so.
    const verdict = await verifyStatement(bytes, { keys: newest ? [newest] : [] });
    expect(verdict).toMatchObject({ outcome: 'wrong', signature: 'wrong' });
    expect(verdict.findings[0]?.message).toContain('not among the keys given');
  });

  it('sign no licence, and no licence is a statement', async () => {
    const { bytes, accountKey, customer } = await statementOf(world, 23, 10);
    const [jws = ''] = (await gunzip(bytes)).split('\n');
    const statementKeys = await publishedKeys(world);
    const verdict = await verifyLicence(jws, statementKeys as never, 'https://x.test', new Date(world.context.now));
    expect(verdict.valid).toBe(false);
    const answer = await world.api.call('GET', `/api/licenses/${customer.id}`, { token: accountKey });
    const { license } = (await answer.json()) as { license: string };
    const asStatement = await verifyStatement(new TextEncoder().encode(license), statementKeys);
    expect(asStatement.outcome).toBe('unreadable');
    expect(asStatement.findings[0]?.message).toContain('licence');
    const licenceKeys = await (await world.api.call('GET', '/.well-known/jwks.json')).json();
    const byLicenceKeys = await verifyStatement(bytes, licenceKeys as never);
    expect(byLicenceKeys.findings[0]?.message).toContain('keys of licences');
  });

  it.each(['{}', '[]', '[{"kty":"RSA"}]', '[{"kty":"EC","crv":"P-256","x":"hidden","y":"b","d":"c"}]', 'hidden'])(
    'that are wrong are refused without a word of them (%s)',
    async (source) => {
      const error = await openStatementKeys(source).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain('STATEMENT_PRIVATE_KEYS');
      expect(String(error)).not.toContain('hidden');
    },
  );

  it('that are not there sign nothing; the statement waits for them', async () => {
    const month = await randomMonth(world, 24, 10);
    await prepare(world, month);
    const without = { ...world, context: { ...world.context, statementKeys: async () => null } };
    await finalise(without, month.invoiceId);
    expect((await download(world, month.invoiceId)).status).toBe(409);
    await signStatements(world.context);
    expect((await download(world, month.invoiceId)).status).toBe(200);
  });
});
