import { describe, expect, it } from 'vitest';

import { parsePod } from '@raftainer/pod-spec';

import { claimViews, containerView, networkView, podView, serviceView } from './views.js';

import type { PodRecord } from '@raftainer/cluster';
import type { AgentService } from '@raftainer/consul';
import type { ContainerSummary, NetworkSummary } from '@raftainer/docker';

const labels = {
  'raftainer.host': 'host-a',
  'raftainer.pod': 'web',
  'raftainer.index': '1',
  'raftainer.container': 'app',
  'raftainer.role': 'sidecar',
  'raftainer.config': 'abc',
  'raftainer.revision': 'r1',
  'raftainer.ports': '{"80/tcp":20000}',
  'raftainer.stop-grace-period-ms': '3000',
};

const summary: ContainerSummary = {
  id: 'id-1',
  name: 'raftainer-web-1-app',
  image: 'web:1',
  imageId: 'sha256:1',
  state: 'running',
  health: 'none',
  labels,
  ports: [],
  networks: [],
  createdAt: 5,
};

function recordOf(definition: unknown): PodRecord {
  return { name: 'web', createIndex: 3, modifyIndex: 4, result: parsePod(definition) };
}

function without(label: keyof typeof labels): ContainerSummary {
  const { [label]: _, ...rest } = labels;
  return { ...summary, labels: rest };
}

describe('podView', () => {
  it('is the pod with its revision, or everything that is wrong', () => {
    const record = recordOf({ name: 'web', containers: [{ name: 'app', image: 'web:1' }] });
    expect(podView(record, () => 'r1')).toMatchObject({
      state: 'valid',
      revision: 'r1',
      pod: { name: 'web', instances: 1 },
    });
    const bad = podView(recordOf({ name: 'web', replicas: 2, containers: [] }), () => expect.unreachable());
    expect(bad).toMatchObject({ state: 'invalid' });
    const problems = bad.state === 'invalid' ? bad.problems : [];
    expect(problems).toHaveLength(2);
    expect(problems.join('\n')).toMatch(/replicas: .*did you mean "instances"/);
  });
});

describe('claimViews', () => {
  it('are the claims by slot, held or free', () => {
    const info = { host: 'host-a', revision: 'r1', since: 'then' };
    const views = claimViews([
      { pod: 'web', index: 0, session: 's1', epoch: 2, modifyIndex: 9, info },
      { pod: 'web', index: 1, epoch: 1, modifyIndex: 9, problem: 'it is no JSON' },
    ]);
    expect(views.get('web/0')).toEqual({ session: 's1', epoch: 2, ...info });
    expect(views.get('web/1')).toMatchObject({ epoch: 1 });
    expect(views.get('web/1')?.session).toBeUndefined();
  });
});

describe('containerView', () => {
  it('reads what a container is from its labels', () => {
    expect(containerView(summary, undefined)).toMatchObject({
      ...{ id: 'id-1', slot: { pod: 'web', index: 1 }, container: 'app', role: 'sidecar', state: 'running' },
      ...{ configHash: 'abc', revision: 'r1', hostPorts: { '80/tcp': 20_000 }, createdAt: 5 },
      ...{ health: 'none', stopGracePeriodMs: 3_000 },
    });
  });

  it("takes the agent's own probe before what Docker says", () => {
    expect(containerView({ ...summary, health: 'healthy' }, 'unhealthy')?.health).toBe('unhealthy');
    expect(containerView({ ...summary, health: 'healthy' }, undefined)?.health).toBe('healthy');
  });

  it('leaves alone what does not say where it belongs', () => {
    for (const label of ['raftainer.pod', 'raftainer.index', 'raftainer.container'] as const) {
      expect(containerView(without(label), undefined)).toBeUndefined();
    }
    for (const index of ['', '-1', '1.5', 'x']) {
      const damaged = { ...summary, labels: { ...labels, 'raftainer.index': index } };
      expect(containerView(damaged, undefined)).toBeUndefined();
    }
  });

  it('bears labels that are missing or damaged', () => {
    expect(containerView(without('raftainer.config'), undefined)?.configHash).toBe('');
    expect(containerView(without('raftainer.role'), undefined)?.role).toBe('main');
    for (const ports of ['', '{', 'null', '[]', '{"80/tcp":"x"}']) {
      const damaged = { ...summary, labels: { ...labels, 'raftainer.ports': ports } };
      expect(containerView(damaged, undefined)?.hostPorts).toEqual({});
    }
  });
});

describe('networkView', () => {
  const network: NetworkSummary = { id: 'n', name: 'x', driver: 'bridge', labels, subnets: ['10.0.0.0/28'] };

  it("names the slot of this host's networks, and keeps the subnets of all", () => {
    expect(networkView(network, 'host-a')).toMatchObject({
      slot: { pod: 'web', index: 1 },
      subnets: ['10.0.0.0/28'],
    });
    expect(networkView(network, 'host-b').slot).toBeUndefined();
    expect(networkView({ ...network, labels: {} }, 'host-a')).toMatchObject({ subnets: ['10.0.0.0/28'] });
  });
});

describe('serviceView', () => {
  const meta = { 'raftainer-host': 'host-a', 'raftainer-pod': 'web', 'raftainer-index': '1' };
  const service = { id: 's', name: 'web', address: '10.0.0.1', port: 0, tags: ['t'], meta } as AgentService;

  it("is for this host's services only", () => {
    expect(serviceView(service, 'host-a')).toMatchObject({
      id: 's',
      slot: { pod: 'web', index: 1 },
      tags: ['t'],
    });
    expect(serviceView(service, 'host-a')?.port).toBeUndefined();
    expect(serviceView({ ...service, port: 80 }, 'host-a')?.port).toBe(80);
    expect(serviceView(service, 'host-b')).toBeUndefined();
    expect(serviceView({ ...service, meta: {} }, 'host-a')).toBeUndefined();
    expect(serviceView({ ...service, meta: { 'raftainer-host': 'host-a' } }, 'host-a')).toBeUndefined();
  });
});
