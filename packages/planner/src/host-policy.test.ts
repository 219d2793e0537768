import { parsePod } from '@raftainer/pod-spec';
import { describe, expect, it } from 'vitest';

import { policyFailures } from './host-policy.js';

import type { HostPolicy } from './host-policy.js';

/** What the policy says against a pod of one container. */
function against(policy: HostPolicy, container: object, pod: object = {}): readonly unknown[] {
  const result = parsePod({
    name: 'web',
    containers: [{ name: 'app', image: 'web:1', ...container }],
    ...pod,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return policyFailures(policy, result.pod).map(({ attribute, required }) => [attribute, required]);
}

const mount = (hostPath: string): object => ({
  volumes: [{ type: 'host', hostPath, mountPath: '/data' }],
});

describe('policyFailures', () => {
  it('restricts nothing that it does not name', () => {
    const everything = { ...mount('/etc'), capAdd: ['SYS_ADMIN'], privileged: true };
    expect(against({}, everything)).toEqual([]);
  });

  it.each([
    ['/srv', []],
    ['/srv/data', []],
    ['/srvother', [['policy.hostPaths', '/srvother']]],
    ['/', [['policy.hostPaths', '/']]],
  ])('allows host paths and what is below them: %s', (path, failures) => {
    expect(against({ hostPaths: ['/srv/'] }, mount(path))).toEqual(failures);
  });

  it('looks at the volumes of the pod, too', () => {
    const volumes = [{ name: 'v', type: 'host', hostPath: '/etc' }];
    const uses = { volumes: [{ type: 'volume', volume: 'v', mountPath: '/data' }] };
    expect(against({ hostPaths: [] }, uses, { volumes })).toEqual([['policy.hostPaths', '/etc']]);
  });

  it.each([
    [['NET_ADMIN'], []],
    [['SYS_ADMIN', 'NET_ADMIN'], [['policy.capabilities', 'SYS_ADMIN']]],
  ])('allows capabilities by name: %s', (capAdd, failures) => {
    expect(against({ capabilities: ['cap_net_admin'] }, { capAdd })).toEqual(failures);
  });

  it('forbids privileged containers where it says so', () => {
    expect(against({ privileged: false }, { privileged: true })).toEqual([['policy.privileged', true]]);
    expect(against({ privileged: false }, {})).toEqual([]);
    expect(against({ privileged: true }, { privileged: true })).toEqual([]);
  });

  it.each([
    ['web:1', ['web:1'], true],
    ['web:1', ['docker.io/library/*'], true],
    ['web', ['docker.io/library/web:latest'], true],
    ['ghcr.io/acme/web:1', ['ghcr.io/acme/*'], true],
    ['ghcr.io/acmeevil/web:1', ['ghcr.io/acme/*'], false],
    ['evil.io/ghcr.io/acme/web:1', ['ghcr.io/acme/*'], false],
    ['ghcrxio/acme/web:1', ['ghcr.io/acme/*'], false],
  ])('allows images by pattern: %s by %s', (image, images, allowed) => {
    expect(against({ images }, { image })).toEqual(allowed ? [] : [['policy.images', image]]);
  });

  it.each([
    ['web:1', 'docker.io'],
    ['acme/web:1', 'docker.io'],
    ['localhost/web:1', 'localhost'],
    ['r.example.com:5000/web:1', 'r.example.com:5000'],
  ])('knows the registry of %s', (image, registry) => {
    expect(against({ registries: [registry] }, { image })).toEqual([]);
    expect(against({ registries: ['x'] }, { image })).toEqual([['policy.registries', registry]]);
  });

  it('names everything at once', () => {
    const policy = { hostPaths: [], capabilities: [], privileged: false, images: [], registries: [] };
    const pod = { ...mount('/etc'), capAdd: ['NET_ADMIN'], privileged: true };
    expect(against(policy, pod)).toHaveLength(5);
  });
});
