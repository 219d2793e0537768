import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { eventually, startConsul, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { DEFAULT_LEASE_TERMS } from '../../src/lease/lease-terms.js';
import { AgentProcess } from '../support/agent-process.js';
import { sleepingPod } from '../support/definitions.js';
import { LEASE_DEFAULTS, TestHost } from '../support/test-host.js';
import { runsOf } from '../support/witness.js';

import type { RealConsul } from '@raftainer/testing';

vi.setConfig({ testTimeout: 180_000 });

const PATIENCE = { timeoutMs: 90_000, intervalMs: 100 };
/** Nobody holds claims for what crashes. */
const TERMS = { ...LEASE_DEFAULTS, RAFTAINER_CRASH_HOLD: '0s' };
const LEAPING = fileURLToPath(new URL('../support/leaping-clock.mjs', import.meta.url));

let consul: RealConsul;
let image: string;

beforeAll(async () => {
  image = await testImage();
  consul = await startConsul();
});

afterAll(async () => {
  await consul.stop();
});

async function untilState(host: TestHost, pod: string, state: string): Promise<void> {
  await eventually(async () => {
    expect((await host.containers(pod)).map((container) => container.state)).toEqual([state]);
  }, PATIENCE);
}

describe('a wall clock that leaps by hours, in agent and guard', () => {
  const pod = uniqueName('leaping');
  let host: TestHost;

  beforeAll(async () => {
    const environment = { ...TERMS, NODE_OPTIONS: `--import ${LEAPING}` };
    host = await TestHost.create({ sharedConsul: consul, environment });
    await host.put(sleepingPod(pod, image));
    await host.untilRunning(pod);
  });

  afterAll(async () => {
    await host.close();
  });

  it('really leaps', () => {
    const times = host.agent.log.map(({ time }) => Math.abs(Date.parse(String(time)) - Date.now()));
    expect(Math.max(...times)).toBeGreaterThan(3_000_000);
  });

  it('stops nothing that is proven', async () => {
    const before = await runsOf(host, pod);
    await sleep(2 * DEFAULT_LEASE_TERMS.lockDelayMs);
    expect(await runsOf(host, pod)).toEqual(before);
  });

  it('keeps nothing alive that is not: the guard stops it in time', async () => {
    const since = Date.now();
    await host.agent.end('SIGKILL');
    await untilState(host, pod, 'exited');
    const [container] = await host.containers(pod);
    const { finishedAt = Infinity } = await host.docker.containers.inspect(container?.id ?? '');
    expect(finishedAt - since).toBeLessThan(DEFAULT_LEASE_TERMS.lockDelayMs);
  });
});

describe('a state directory', () => {
  it('whose files are garbage is no reason to fail: the claims lapse, and the pods are back under new ones', async () => {
    const host = await TestHost.create({ sharedConsul: consul, environment: TERMS });
    const pod = uniqueName('garbled');
    try {
      await host.put(sleepingPod(pod, image));
      await host.untilRunning(pod);
      const claim = await host.cluster.claims.get(pod, 0);
      await host.agent.end('SIGKILL');
      await writeFile(join(host.stateDir, 'session.json'), '{"host": "\u0000');
      host.agent.start();
      await eventually(async () => {
        const now = await host.cluster.claims.get(pod, 0);
        expect(now?.session).toBeDefined();
        expect(now?.epoch).toBeGreaterThan(claim?.epoch ?? Infinity);
        expect((await host.status(pod))?.epoch).toBe(now?.epoch);
      }, PATIENCE);
      await untilState(host, pod, 'running');
      expect(host.agent.running).toBe(true);
    } finally {
      await host.close();
    }
  });

  it('that cannot be written is refused by name, before anything is touched', async () => {
    // Root may write everywhere, but not below a file.
    const path = join(LEAPING, 'state');
    const agent = new AgentProcess({
      HOSTNAME: uniqueName('host'),
      RAFTAINER_STATE_DIR: path,
      RAFTAINER_CONSUL_HOST: consul.host,
      RAFTAINER_CONSUL_PORT: String(consul.port),
    });
    agent.start();
    expect(await agent.exited()).toBe(1);
    expect(agent.output).toContain('AGENT_STATE_DIR_UNUSABLE');
    expect(agent.output).toContain(path);
    expect(agent.output).toContain('RAFTAINER_STATE_DIR');
    expect(agent.log.filter(({ msg }) => msg === 'The agent starts')).toEqual([]);
  });
});
