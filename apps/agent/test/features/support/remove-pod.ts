import { eventually } from '@raftainer/testing';
import { expect } from 'vitest';

import type { TestHost } from '../../support/test-host.js';

/** Removes a pod and waits until neither engine nor Consul knows anything of it. */
export async function removePod(host: TestHost, pod: string): Promise<void> {
  await host.cluster.pods.remove(pod);
  await host.untilGone(pod);
  await eventually(
    async () => {
      expect(await host.cluster.statuses.listFor(pod)).toEqual([]);
      expect((await host.cluster.claims.list()).filter((claim) => claim.pod === pod)).toEqual([]);
      const services = await host.consul.services.list();
      expect(services.filter(({ meta }) => meta['raftainer-pod'] === pod)).toEqual([]);
    },
    { timeoutMs: 90_000 },
  );
}
