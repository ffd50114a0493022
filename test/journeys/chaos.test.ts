/** The short form of `npm run figures -- chaos`: a kill of each kind while customers sign up. */
import { expect, it } from 'vitest';
import { chaos } from '../../bench/support/chaos.ts';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';

/** A lease that is lost costs this and a minute. */
const JOB_TIMEOUT_MS = 12_000;
const SETTLE_MS = 180_000;
const TEST_TIMEOUT_MS = 300_000;

describeWithTools(['helm', ...clusterTools], 'kill -9 of platform, workerd, provisioner and helm', () => {
  it(
    'leaves every customer ready, Stripe without twins, Secrets as they were and no release pending',
    async () => {
      const lines: string[] = [];
      const result = await chaos({
        customers: 3,
        kills: 4,
        seed: 4,
        jobTimeoutMs: JOB_TIMEOUT_MS,
        settleMs: SETTLE_MS,
        log: (line) => lines.push(line),
      });
      expect(result.broken, [...lines, ...result.logs].join('\n')).toEqual([]);
      expect(result.kills).toEqual({ platform: 1, workerd: 1, provisioner: 1, helm: 1 });
    },
    TEST_TIMEOUT_MS,
  );
});
