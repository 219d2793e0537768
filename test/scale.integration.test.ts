import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { measureScale } from '../bench/scale/measure-scale.js';
import { SimulatedFleet } from '../bench/scale/simulated-fleet.js';

import type { ScaleFindings } from '../bench/scale/measure-scale.js';

const HOSTS = 10;
const SLOTS = 100;
/** All hosts share a thread with the test, on a machine that others use too. */
const PATIENCE_MS = 300_000;

describe(`${HOSTS} simulated hosts and ${SLOTS} slots`, () => {
  let fleet: SimulatedFleet;
  let findings: ScaleFindings;

  beforeAll(async () => {
    fleet = await SimulatedFleet.create();
    findings = await measureScale(fleet, {
      ...{ hosts: HOSTS, slots: SLOTS, instances: 10 },
      ...{ restMs: 5_000, timeoutMs: PATIENCE_MS },
      log: () => undefined,
    });
  }, 3 * PATIENCE_MS);
  afterAll(async () => {
    await fleet.close();
  });

  it('run every slot exactly once', () => {
    const slots = fleet.running().map(({ slot }) => slot);
    expect(slots).toHaveLength(SLOTS);
    expect(new Set(slots).size).toBe(SLOTS);
  });

  it('are used all, none for far more than its share', () => {
    const loads = fleet.hosts.map((host) => host.running().length);
    expect(Math.min(...loads)).toBeGreaterThan(0);
    expect(Math.max(...loads)).toBeLessThan((4 * SLOTS) / HOSTS);
  });

  it('ask for a slot next to never in vain', () => {
    expect(findings.placing.metered.acquireAttempts).toBeGreaterThanOrEqual(SLOTS);
    expect(findings.placing.metered.acquireAttempts / SLOTS).toBeLessThanOrEqual(1.05);
  });

  it('write nothing at rest', () => {
    expect(findings.writesAtRest).toBe(0);
    expect(findings.resting.metered.writes).toBe(0);
  });

  it('read definitions and claims when they changed, not in every cycle', () => {
    const reads = (kind: string): number => findings.changing.metered.kinds.get(kind)?.requests ?? 0;
    expect(reads('GET kv pods/configs')).toBeGreaterThan(0);
    // One change of the definitions, and one of the claims by its holder; who was late may look twice.
    expect(reads('GET kv pods/configs')).toBeLessThanOrEqual(2 * HOSTS);
    expect(reads('GET kv pods/locks')).toBeLessThanOrEqual(3 * HOSTS);
  });
});
