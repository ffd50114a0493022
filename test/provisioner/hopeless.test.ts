/** Which pods end a run early. */
import { describe, expect, it } from 'vitest';
import { hopelessPod, isHopeless } from '../../provisioner/hopeless.ts';
import { backOff, pod, ready } from './snapshots.ts';

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
  it('is the one that came with the change', () => {
    const found = hopelessPod([named('old', ready), named('new', gone)], new Set(['old']));
    expect(found).toMatchObject({ uid: 'new', why: { object: 'Pod/new', reason: 'ErrImagePull' } });
  });

  it('is none that was there before, or that goes: the change may be what takes it away', () => {
    expect(hopelessPod([named('old', gone)], new Set(['old']))).toBeNull();
    expect(hopelessPod([named('new', gone, true)], new Set())).toBeNull();
  });
});
