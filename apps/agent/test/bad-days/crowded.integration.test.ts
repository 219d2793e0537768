import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { Witness } from '../support/witness.js';

vi.setConfig({ testTimeout: 240_000 });

const PATIENCE = { timeoutMs: 180_000, intervalMs: 250 };
const PODS = 12;
/** Nothing listens there: every pull fails at once, again and again. */
const NO_REGISTRY = '127.0.0.1:1';

let host: TestHost;
let image: string;
let witness: Witness;

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create();
  witness = await Witness.start(host, image);
});

afterAll(async () => {
  await witness.expectUndisturbed();
  await host.close();
});

describe('pods that no host can ever run', () => {
  const contradiction = [
    { attribute: 'hostname', operator: '=', value: 'one' },
    { attribute: 'hostname', operator: '=', value: 'another' },
  ];

  it.each([
    {
      why: 'for constraints that contradict each other',
      changes: { constraints: contradiction },
      rules: [/\bone\b/, /another/],
    },
    {
      why: 'for a label that nobody has',
      changes: { constraints: [{ attribute: 'labels.no', operator: 'exists' }] },
      rules: [/labels\.no/],
    },
    {
      why: 'for more memory than there is',
      container: { resources: { memory: '100Ti' } },
      rules: [/memory/i],
    },
    { why: 'for more processors than there are', container: { resources: { cpu: 10_000 } }, rules: [/cpu/i] },
  ])('are refused $why, each rule by name, and claimed by nobody', async ({ changes, container, rules }) => {
    const pod = uniqueName('never');
    await host.put({ ...sleepingPod(pod, image, container), ...changes });
    await eventually(async () => {
      const refusals = (await host.refusals(pod)).join('\n');
      for (const rule of rules) expect(refusals).toMatch(rule);
    }, PATIENCE);
    expect((await host.cluster.claims.get(pod, 0))?.session).toBeUndefined();
    expect(await host.containers(pod)).toEqual([]);
    await host.cluster.pods.remove(pod);
    await eventually(async () => {
      expect(await host.refusals(pod)).toEqual([]);
    }, PATIENCE);
  });
});

describe(`${String(PODS)} pods whose images cannot be pulled`, () => {
  it('do not keep as many others from running', async () => {
    const sick = Array.from({ length: PODS }, () => uniqueName('sick'));
    const sound = Array.from({ length: PODS }, () => uniqueName('sound'));
    for (const pod of sick) await host.put(sleepingPod(pod, `${NO_REGISTRY}/none:1`));
    await Promise.all(sick.map((pod) => host.untilPhase(pod, ['backoff'])));
    for (const pod of sound) await host.put(sleepingPod(pod, image));
    await Promise.all(sound.map((pod) => host.untilRunning(pod)));
    for (const pod of sick) expect(await host.containers(pod)).toEqual([]);
    await witness.expectUndisturbed();
    await Promise.all([...sick, ...sound].map((pod) => host.cluster.pods.remove(pod)));
    await Promise.all(sound.map((pod) => host.untilGone(pod)));
  });
});

describe('records of another version of Raftainer', () => {
  it('disturb nothing: unknown fields, other shapes and unknown keys', async () => {
    const [later, pod] = [uniqueName('later'), uniqueName('beside')];
    const session = await host.consul.sessions.create({ name: 'a later version', lockDelayMs: 0 });
    const { kv } = host.consul;
    await kv.set('raftainer/version', '"9"');
    await kv.set(`raftainer/hosts/${later}`, JSON.stringify({ schema: 9, host: { name: later } }));
    await kv.set(`raftainer/pods/verdicts/${later}`, '{"byPod": {}}');
    await kv.set(`raftainer/pods/status/${witness.pod}/7`, '[1, 2, 3]');
    await kv.set(`raftainer/pods/status/${witness.pod}/later/0`, 'no JSON');
    await kv.set(`raftainer/pods/configs/${later}`, JSON.stringify({ schema: 9, name: later, tasks: [] }));
    await kv.transaction([
      { verb: 'lock', key: `raftainer/pods/locks/${later}/0.lock`, value: '{"holder": {}}', session },
    ]);
    await host.put(sleepingPod(pod, image));
    await host.untilRunning(pod);
    await eventually(async () => {
      expect((await host.refusals(later)).join('\n')).toMatch(/schema/);
    }, PATIENCE);
    expect((await host.cluster.claims.get(later, 0))?.session).toBe(session);
    expect(await kv.get(`raftainer/hosts/${later}`)).toBeDefined();
    await witness.expectUndisturbed();
    await host.consul.sessions.destroy(session);
  });
});
