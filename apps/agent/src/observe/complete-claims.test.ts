import { expect, it } from 'vitest';

import { completeClaims } from './complete-claims.js';

import type { ClaimView, ContainerView } from '@raftainer/planner';
import type { SlotRef } from '@raftainer/pod-spec';

const listed = new Map([['web/0', { session: 's1', epoch: 1 }]] as const);

function containerOf(pod: string, index: number): ContainerView {
  return {
    ...{
      id: `${pod}-${index}`,
      name: `raftainer-${pod}-${index}-app`,
      slot: { pod, index },
      container: 'app',
    },
    ...{ role: 'main', state: 'running', health: 'none', configHash: 'c1', revision: 'r1', image: 'web:1' },
    ...{ imageId: 'sha256:0', hostPorts: {}, gpus: [], createdAt: 0 },
  };
}

function question(
  containers: readonly ContainerView[],
  answer: (slot: SlotRef) => Promise<ClaimView | undefined>,
): Parameters<typeof completeClaims>[1] & { readonly asked: readonly SlotRef[] } {
  const asked: SlotRef[] = [];
  const read = async (slot: SlotRef): Promise<ClaimView | undefined> => {
    asked.push(slot);
    return answer(slot);
  };
  return { containers, read, asked };
}

it('asks for nothing while the list has what runs here', async () => {
  const asking = question([containerOf('web', 0), containerOf('web', 0)], () => Promise.resolve(undefined));
  expect(await completeClaims(listed, asking)).toBe(listed);
  expect(asking.asked).toEqual([]);
});

it('asks once for each slot that the list lacks, and believes the answer', async () => {
  const containers = [containerOf('db', 1), containerOf('db', 1), containerOf('gone', 0)];
  const asking = question(containers, async ({ pod }) =>
    Promise.resolve(pod === 'db' ? { session: 's2', epoch: 4 } : undefined),
  );
  const claims = await completeClaims(listed, asking);
  expect(asking.asked).toEqual([
    { pod: 'db', index: 1 },
    { pod: 'gone', index: 0 },
  ]);
  expect([...claims]).toEqual([...listed, ['db/1', { session: 's2', epoch: 4 }]]);
});

it('fails when a claim may not be read', async () => {
  const refused = new Error('Permission denied');
  const asking = question([containerOf('db', 1)], async () => Promise.reject(refused));
  await expect(completeClaims(listed, asking)).rejects.toThrow(refused);
});
