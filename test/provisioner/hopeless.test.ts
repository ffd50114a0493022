/** Which pods end a run early. */
import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { hopelessPod, isHopeless } from '../../provisioner/hopeless.ts';
import { backOff, event, nothing, pod, ready } from './snapshots.ts';

const waiting = (reason: string, message: string) => ({
  ...backOff,
  containerStatuses: backOff.containerStatuses.map((each) => ({ ...each, state: { waiting: { reason, message } } })),
});
const named = (uid: string, status: Parameters<typeof pod>[1], deleted = false) => {
  const made = pod(uid, status, deleted);
  return { ...made, metadata: { ...made.metadata, uid } };
};
const gone = waiting(
  'ErrImagePull',
  'rpc error: code = NotFound desc = failed to pull and unpack image "registry.example.com/api:9": not found',
);

describe('what waiting does not mend', () => {
  it.each([
    ['an image that the registry does not have', 'ErrImagePull', 'rpc error: code = NotFound desc = x: not found'],
    ['the same, between two tries', 'ImagePullBackOff', 'Back-off pulling image "a:1": ErrImagePull: a:1: not found'],
    ['a tag without a manifest', 'ErrImagePull', 'reading manifest 9 in registry.example.com/api: manifest unknown'],
    [
      'a registry that does not give it',
      'ErrImagePull',
      'pull access denied, repository does not exist or may require',
    ],
    ['a credential that it refuses', 'ImagePullBackOff', 'failed to authorize: 401 Unauthorized'],
    ['a name that is none', 'InvalidImageName', 'couldn’t parse image name "A:1": invalid reference format'],
    ['an image that may not be pulled', 'ErrImageNeverPull', 'Container image "a:1" is not present'],
  ])('%s', (_, reason, message) => {
    expect(isHopeless({ reason, message })).toBe(true);
  });

  it.each([
    ['a registry that is away', 'ErrImagePull', 'dial tcp: lookup registry.example.com: no such host'],
    ['one that is slow', 'ImagePullBackOff', 'Back-off pulling image "a:1": ErrImagePull: context deadline exceeded'],
    ['one that has too much to do', 'ErrImagePull', '429 Too Many Requests'],
    ['a Secret that comes later', 'CreateContainerConfigError', 'secret "operator-extra" not found'],
    ['a container that ends', 'CrashLoopBackOff', 'back-off 10s restarting failed container: not found'],
  ])('is not %s', (_, reason, message) => {
    expect(isHopeless({ reason, message })).toBe(false);
  });
});

describe('the pod that ends a run early', () => {
  const among = (...pods: V1Pod[]) => ({ ...nothing, pods });

  it('is the one that came with the change', () => {
    expect(hopelessPod(among(named('old', ready), named('new', gone)), new Set(['old']))).toBe('new');
  });

  it('is none that was there before, or that goes: the change may be what takes it away', () => {
    expect(hopelessPod(among(named('old', gone)), new Set(['old']))).toBeNull();
    expect(hopelessPod(among(named('new', gone, true)), new Set())).toBeNull();
  });

  it('is one that waits for a volume of a storage class that is not there, and none for another reason of its claim', () => {
    const unplaced = named('db-0', { phase: 'Pending' });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }];
    const seen = (message: string, phase = 'Pending') => ({
      pods: [{ ...unplaced, spec: { containers: [], volumes } }],
      claims: [{ metadata: { name: 'data-db-0' }, status: { phase } }],
      events: [event('PersistentVolumeClaim/data-db-0', 'ProvisioningFailed', message)],
    });
    const missing = 'storageclass.storage.k8s.io "fast" not found';
    expect(hopelessPod(seen(missing), new Set())).toBe('db-0');
    expect(hopelessPod(seen(missing, 'Bound'), new Set())).toBeNull();
    expect(hopelessPod(seen('rpc error: code = ResourceExhausted'), new Set())).toBeNull();
    expect(hopelessPod({ ...seen(missing), pods: [unplaced] }, new Set())).toBeNull();
  });
});
