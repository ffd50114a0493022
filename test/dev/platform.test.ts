import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';

describe('npm start', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(async () => {
    await platform.stop();
  });

  it('answers at the address of its ready line', async () => {
    const response = await fetch(new URL('/health', platform.url));
    expect(response.status).toBe(200);
  });
});
