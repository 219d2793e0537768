import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { createCluster, folders } from '@raftainer/cluster';
import { createConsul } from '@raftainer/consul';
import {
  ACL_CONFIG,
  ACL_MASTER,
  changeAcl,
  eventually,
  startConsul,
  testImage,
  uniqueName,
} from '@raftainer/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { raftainer } from '../support/cli-process.js';
import { sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { runsOf } from '../support/witness.js';

import type { Cluster } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { RealConsul } from '@raftainer/testing';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** A resync and everything that events start within it. */
const SOME_CYCLES_MS = 10_000;

let consul: RealConsul;
let owner: Cluster;
let ownersConsul: ConsulClient;

beforeAll(async () => {
  consul = await startConsul({
    config: ACL_CONFIG,
  });
  ownersConsul = createConsul({ host: consul.host, port: consul.port, token: ACL_MASTER });
  owner = createCluster(ownersConsul);
  await eventually(() => ownersConsul.kv.set('raftainer/ready', 'yes'), { timeoutMs: 60_000 });
});

afterAll(async () => {
  ownersConsul.close();
  await consul.stop();
});

async function put(path: string, body: object): Promise<Record<string, string>> {
  return changeAcl(consul, { method: 'PUT', path, body });
}

/** A token with these rules and no others, which `change` replaces. */
async function changeableToken(
  rules: string,
): Promise<{ readonly token: string; readonly change: (rules: string) => Promise<void> }> {
  const { Name, ID } = await put('policy', { Name: uniqueName('policy'), Rules: rules });
  const { SecretID = '' } = await put('token', { Policies: [{ Name }] });
  const change = async (other: string): Promise<void> => {
    await put(`policy/${ID ?? ''}`, { Name, Rules: other });
  };
  return { token: SecretID, change };
}

/** A token with these rules and no others. */
async function tokenWith(rules: string): Promise<string> {
  return (await changeableToken(rules)).token;
}

const ALL = {
  keys: 'key_prefix "raftainer/" { policy = "write" }',
  sessions: 'session_prefix "" { policy = "write" }',
  services: 'service_prefix "" { policy = "write" }',
};

it.each([
  ['keys', /key "raftainer\/hosts\/[^"]+" (read|write)/],
  ['sessions', /session(_prefix)? "[^"]*" write/],
  ['services', /service(_prefix)? "[^"]*" write/],
] as const)('an agent whose token lacks the right to %s says which it is', async (missing, right) => {
  const rules = Object.entries(ALL).filter(([name]) => name !== missing);
  const token = await tokenWith(rules.map(([, rule]) => rule).join('\n'));
  const host = await TestHost.create({ sharedConsul: consul, environment: { CONSUL_HTTP_TOKEN: token } });
  try {
    await eventually(
      () => {
        expect(host.agent.output).toMatch(new RegExp(right.source.replaceAll('"', '\\\\"')));
      },
      {
        timeoutMs: 60_000,
      },
    );
    expect(host.agent.output).toContain('CONSUL_FORBIDDEN');
    expect(host.agent.output).not.toContain(token);
  } finally {
    await host.close();
  }
});

it.each(['pods', 'claims'] as const)(
  'an agent that may no longer read the %s takes nothing down',
  async (records) => {
    const all = Object.values(ALL).join('\n');
    const { token, change } = await changeableToken(all);
    const host = await TestHost.create({ sharedConsul: consul, environment: { CONSUL_HTTP_TOKEN: token } });
    const pod = uniqueName('kept');
    try {
      const image = await testImage();
      await owner.pods.put(pod, sleepingPod(pod, image));
      await eventually(
        async () => {
          expect((await host.containers(pod))[0]?.state).toBe('running');
        },
        { timeoutMs: 60_000 },
      );
      expect(host.agent.output).toContain('The settings of Consul could not be checked');
      const before = await runsOf(host, pod);
      await change(`${all}\nkey_prefix "${folders()[records]}" { policy = "deny" }`);
      // A watch tells of nothing until something changes.
      const other = uniqueName('other');
      await owner.pods.put(other, sleepingPod(other, image));
      await eventually(
        () => {
          expect(host.agent.output).toContain('CONSUL_FORBIDDEN');
        },
        { timeoutMs: 90_000 },
      );
      await sleep(SOME_CYCLES_MS);
      expect(await runsOf(host, pod)).toEqual(before);
      await change(all);
      await sleep(SOME_CYCLES_MS);
      expect(await runsOf(host, pod)).toEqual(before);
    } finally {
      await host.close();
    }
  },
);

it('an agent with the documented rights runs, and the command line names the right that a reader lacks', async () => {
  const policy = new URL('../../../../docs/policies/consul-agent.hcl', import.meta.url);
  const token = await tokenWith(await readFile(policy, 'utf8'));
  const host = await TestHost.create({ sharedConsul: consul, environment: { CONSUL_HTTP_TOKEN: token } });
  try {
    const reader = await tokenWith('key_prefix "raftainer/" { policy = "read" }');
    await eventually(
      async () => {
        const { output } = await raftainer(host, ['hosts', '--token', reader]);
        expect(output).toMatch(new RegExp(`${host.name} +present`));
      },
      { timeoutMs: 60_000, intervalMs: 1_000 },
    );
    const refused = await raftainer(host, ['drain', host.name, '--token', reader]);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(`needs the right: key "raftainer/drains/${host.name}" write.`);
    expect((await raftainer(host, ['drain', host.name, '--token', token])).code).toBe(0);
  } finally {
    await host.close();
  }
});
