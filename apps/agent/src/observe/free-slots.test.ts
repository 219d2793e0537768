import { parsePod } from '@raftainer/pod-spec';
import { expect, it } from 'vitest';

import { FreeSlots } from './free-slots.js';

import type { FreeSlotsOptions } from './free-slots.js';
import type { ClaimView, PodView } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

function pods(...inputs: readonly object[]): ReadonlyMap<string, PodView> {
  return new Map(
    inputs.map((input, definedAt) => {
      const result = parsePod({ containers: [{ name: 'app', image: 'web:1' }], ...input });
      if (!result.ok) throw new Error(JSON.stringify(result.problems));
      return [result.pod.name, { state: 'valid', pod: result.pod, revision: 'r', definedAt }] as const;
    }),
  );
}

function claims(...entries: readonly (readonly [SlotId, ClaimView])[]): ReadonlyMap<SlotId, ClaimView> {
  return new Map(entries);
}

function from(now: number): FreeSlotsOptions {
  return { now, opensAt: now, host: 'a', lockDelayMs: 0 };
}

it('remembers since when a slot is free, until somebody takes it', () => {
  const slots = new FreeSlots();
  const web = pods({ name: 'web', instances: 2 });
  const taken = claims(['web/0', { session: 's', epoch: 1 }]);
  expect([...slots.observe({ pods: web, claims: claims() }, from(1))]).toEqual([
    ['web/0', 1],
    ['web/1', 1],
  ]);
  expect([...slots.observe({ pods: web, claims: taken }, from(2))]).toEqual([['web/1', 1]]);
  expect([...slots.observe({ pods: web, claims: claims(['web/0', { epoch: 1 }]) }, from(3))]).toEqual([
    ['web/0', 3],
    ['web/1', 1],
  ]);
});

it('knows the slots of system pods by their records, and none beyond a definition', () => {
  const slots = new FreeSlots();
  const known = pods({ name: 'web', instances: 0 }, { name: 'logs', kind: 'system' });
  const records = claims(
    ['logs/0', { session: 's', epoch: 1 }],
    ['logs/7', { epoch: 2 }],
    ['web/0', { epoch: 1 }],
    ['gone/0', { epoch: 1 }],
  );
  expect([...slots.observe({ pods: known, claims: records }, from(5))]).toEqual([['logs/7', 5]]);
});
