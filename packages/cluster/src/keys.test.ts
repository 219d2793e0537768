import { describe, expect, it } from 'vitest';
import {
  claimKey,
  drainKey,
  folders,
  hostKey,
  isHostName,
  isPodName,
  listedPodKey,
  parseClaimKey,
  parseDrainKey,
  parseHostKey,
  parsePodConfigKey,
  parseStatusKey,
  parseVerdictsKey,
  podConfigKey,
  podStatusFolder,
  statusKey,
  verdictsKey,
} from './keys.js';

describe('keys', () => {
  it('spells the documented keys', () => {
    expect(podConfigKey('web')).toBe('raftainer/pods/configs/web');
    expect(claimKey('web', 0)).toBe('raftainer/pods/locks/web/0.lock');
    expect(statusKey('web', 12)).toBe('raftainer/pods/status/web/12');
    expect(podStatusFolder('web')).toBe('raftainer/pods/status/web/');
    expect(verdictsKey('node-1')).toBe('raftainer/pods/verdicts/node-1');
    expect(drainKey('node-1')).toBe('raftainer/drains/node-1');
    expect(hostKey('Node_1.example.com')).toBe('raftainer/hosts/Node_1.example.com');
  });

  it('puts another prefix in front', () => {
    expect(podConfigKey('web', 'a/b')).toBe('a/b/pods/configs/web');
    expect(parsePodConfigKey('a/b/pods/configs/web', 'a/b')).toBe('web');
    expect(parsePodConfigKey('raftainer/pods/configs/web', 'a/b')).toBeUndefined();
  });

  it('reads back what it spells', () => {
    expect(parseClaimKey(claimKey('web', 7))).toEqual({ pod: 'web', index: 7 });
    expect(parseStatusKey(statusKey('web', 7))).toEqual({ pod: 'web', index: 7 });
    expect(parseVerdictsKey(verdictsKey('n1'))).toBe('n1');
    expect(parseHostKey(hostKey('n1'))).toBe('n1');
    expect(parseDrainKey(drainKey('n1'))).toBe('n1');
  });

  it.each(['', 'Web', 'web_1', '-web', 'web-', 'a/b', '../x', 'ä', 'a'.repeat(64), 'web\n'])(
    'never puts %j into a key as a pod',
    (name) => {
      expect(isPodName(name)).toBe(false);
      for (const make of [podConfigKey, podStatusFolder, (pod: string) => claimKey(pod, 0)]) {
        expect(() => make(name)).toThrow(expect.objectContaining({ code: 'CLUSTER_INVALID_NAME' }));
      }
    },
  );

  it.each(['', 'a/b', '.', 'n 1', 'n1/', 'x'.repeat(254)])('never puts %j into a key as a host', (name) => {
    expect(isHostName(name)).toBe(false);
    expect(() => hostKey(name)).toThrow(expect.objectContaining({ code: 'CLUSTER_INVALID_NAME' }));
  });

  it.each([-1, 0.5, Number.NaN, 1e9])('never puts %d into a key as an index', (index) => {
    expect(() => claimKey('web', index)).toThrow(/slot index/);
  });

  it.each(['', '/', 'a/', '/a', 'a//b', 'a b'])('refuses the prefix %j', (prefix) => {
    expect(() => folders(prefix)).toThrow(expect.objectContaining({ code: 'CLUSTER_INVALID_NAME' }));
  });

  it.each([
    'raftainer/pods/locks/web/0',
    'raftainer/pods/locks/web/00.lock',
    'raftainer/pods/locks/web/0.lock/x',
    'raftainer/pods/locks/Web/0.lock',
    'raftainer/pods/locks/0.lock',
    'raftainer/pods/status/web/0',
  ])('does not take %s for a claim', (key) => {
    expect(parseClaimKey(key)).toBeUndefined();
  });

  it('keeps the text of a definition key that no pod can have, and can spell it again', () => {
    for (const name of ['Web', 'a/b', 'web 2', 'ä']) {
      expect(parsePodConfigKey(`raftainer/pods/configs/${name}`)).toBe(name);
      expect(listedPodKey(name)).toBe(`raftainer/pods/configs/${name}`);
    }
  });

  it('leaves out folders, which the Consul UI makes as empty keys', () => {
    expect(parsePodConfigKey('raftainer/pods/configs/')).toBeUndefined();
    expect(parsePodConfigKey('raftainer/pods/configs/a/')).toBeUndefined();
    expect(() => listedPodKey('a/')).toThrow(expect.objectContaining({ code: 'CLUSTER_INVALID_NAME' }));
  });
});
