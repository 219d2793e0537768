import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { FAULT_NAMES } from '../chaos/faults.js';
import { CHAOS_ENVIRONMENT } from '../chaos/operations.js';
import { brokenPromises, renderChaos } from '../chaos/render.js';
import { runChaos } from '../chaos/run-chaos.js';
import { Fleet } from '../harness/fleet.js';
import { fleetObstacle } from '../harness/obstacle.js';

import type { EventName } from '../chaos/events.js';

/** Faults, and operations that do not take long: a minute is short. */
const EVENTS: readonly EventName[] = [
  ...FAULT_NAMES,
  ...(['versionChanged', 'termsChanged', 'agentHeld', 'editBroken'] as const),
];
const obstacle = fleetObstacle();

vi.setConfig({ testTimeout: 480_000, hookTimeout: 300_000 });

describe.skipIf(obstacle !== undefined)(`chaos (${obstacle ?? 'here it can be'})`, () => {
  const made: Fleet[] = [];

  beforeAll(async () => {
    made.push(await Fleet.create({ hosts: 3, agent: { environment: CHAOS_ENVIRONMENT } }));
  });

  afterAll(async () => {
    for (const fleet of made) await fleet.close();
  });

  it('of a minute breaks no promise', async () => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const [fleet] = made;
    const result = await runChaos(fleet!, { seed: 7, durationMs: 60_000, events: EVENTS, log });
    expect(Object.keys(result.steps).length).toBeGreaterThan(3);
    expect(brokenPromises(result), `${lines.join('\n')}\n${renderChaos(result)}`).toEqual([]);
  });
});
