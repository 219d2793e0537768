import { readFile } from 'node:fs/promises';

import { eventually, startConsul, testImage, uniqueName } from '@raftainer/testing';
import { expect } from 'vitest';

import { guardProcesses } from '../../src/guard/guard-processes.js';
import { GUARD_NAMES, guardFiles } from '../../src/guard/protocol.js';
import { sleepingPod } from './definitions.js';
import { LEASE_DEFAULTS, TestHost } from './test-host.js';

import type { RealConsul } from '@raftainer/testing';
import type { TestHostOptions } from './test-host.js';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 100 };

/** A host with a Consul of its own and a pod of each kind, as far as losing a claim goes. */
export class LeaseGround {
  readonly consul: RealConsul;
  readonly host: TestHost;
  readonly pods: { readonly exclusive: string; readonly shared: string; readonly kept: string };

  private constructor(consul: RealConsul, host: TestHost) {
    this.consul = consul;
    this.host = host;
    this.pods = {
      exclusive: uniqueName('exclusive'),
      shared: uniqueName('shared'),
      kept: uniqueName('kept'),
    };
  }

  /** Resolves when all pods run and all guards are there. */
  static async create(options: TestHostOptions = {}): Promise<LeaseGround> {
    const image = await testImage();
    const consul = await startConsul();
    const environment = { ...LEASE_DEFAULTS, ...options.environment };
    const host = await TestHost.create({ ...options, sharedConsul: consul, environment });
    const ground = new LeaseGround(consul, host);
    const { exclusive, shared, kept } = ground.pods;
    await host.put(sleepingPod(exclusive, image));
    await host.put({ ...sleepingPod(shared, image), exclusive: false });
    await host.put({ ...sleepingPod(kept, image), onDisconnect: 'keep' });
    await ground.untilAllRun();
    return ground;
  }

  async untilAllRun(): Promise<void> {
    await eventually(async () => {
      const states = Object.values(this.pods).map((pod) => this.stateOf(pod));
      expect(await Promise.all(states)).toEqual(['running', 'running', 'running']);
      expect(Math.min(...(await this.host.guardPids()))).toBeGreaterThan(0);
      // An agent that has seen it run, too: guards look long for what was only being started when it was killed.
      for (const pod of Object.values(this.pods)) {
        const epoch = (await this.host.cluster.claims.get(pod, 0))?.epoch;
        const status = await this.host.status(pod);
        expect(status?.epoch).toBe(epoch);
        expect(status?.phase).toMatch(/^(running|healthy)$/);
      }
    }, PATIENCE);
  }

  async stateOf(pod: string): Promise<string | undefined> {
    return (await this.host.containers(pod))[0]?.state;
  }

  async guardLogs(): Promise<readonly string[]> {
    const files = GUARD_NAMES.map((name) => guardFiles(this.host.stateDir, name).log);
    return Promise.all(files.map((file) => readFile(file, 'utf8')));
  }

  /** The guards' processes that live, however they came to be. */
  guardsAlive(): readonly number[] {
    const { stateDir } = this.host;
    return GUARD_NAMES.flatMap((name) => guardProcesses({ stateDir, name }).map(({ pid }) => pid));
  }

  async close(): Promise<void> {
    await this.host.close();
    await this.consul.stop();
  }
}
