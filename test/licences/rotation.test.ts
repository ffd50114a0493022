import { describe, expect, it } from 'vitest';
import { refusedIn, tellRotation } from './rotation.ts';

describe('licences while their keys rotate', () => {
  const story = { issues: 200, verifications: 1500, rotations: 4 };

  it.each([1, 2])('are never refused while they are valid: seed %i', async (seed) => {
    const told = await tellRotation({ ...story, seed, waits: true });
    expect(told).toMatchObject({ issued: 200, refused: {}, signed: 5 });
    expect(told.verified).toBeGreaterThan(1400);
    expect(told.retired).toBeGreaterThan(0);
  });

  it('would be if a new key signed at once', async () => {
    expect(refusedIn(await tellRotation({ ...story, seed: 1, waits: false }))).toBeGreaterThan(0);
  });
});
