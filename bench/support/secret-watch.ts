/**
 * Remembers each generated Secret as it was first seen and says which ever changed, or was made again. Looks several times
 * a second, so a value that lived shorter than that is told by its object's uid only.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Secret } from '@kubernetes/client-node';
import type { Kube } from './kube.ts';

const generated = { 'instance-postgres': 'password', 'instance-reporter': 'api-key' };
const LOOK_EVERY_MS = 200;

export type SecretWatch = {
  /** Secrets that have been seen. */
  seen: () => number;
  /** `namespace/name` of those that were another one later. */
  changed: () => string[];
  /** Looks a last time and ends. */
  stop: () => Promise<void>;
};

export function watchSecrets(kube: Kube): SecretWatch {
  const first = new Map<string, string>();
  const changed = new Set<string>();
  let stopped = false;

  const note = (secret: V1Secret, key: string): void => {
    const id = `${secret.metadata?.namespace}/${secret.metadata?.name}`;
    const value = JSON.stringify([secret.metadata?.uid, secret.data?.[key]]);
    const before = first.get(id);
    if (before === undefined) first.set(id, value);
    else if (before !== value) changed.add(id);
  };
  const look = async (): Promise<void> => {
    for (const [name, key] of Object.entries(generated)) {
      const found = await kube.core.listSecretForAllNamespaces({ fieldSelector: `metadata.name=${name}` });
      for (const secret of found.items) note(secret, key);
    }
  };
  const looking = (async () => {
    while (!stopped) {
      // A look that fails is made up by the next one: nothing is forgotten in between.
      await look().catch(() => {});
      await sleep(LOOK_EVERY_MS);
    }
  })();
  return {
    seen: () => first.size,
    changed: () => [...changed],
    async stop() {
      stopped = true;
      await looking;
      await look();
    },
  };
}
