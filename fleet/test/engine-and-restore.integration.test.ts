import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { eventually, testImage } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { CONSUL_PORT } from '../harness/consul-member.js';
import { Fleet } from '../harness/fleet.js';
import { fleetObstacle } from '../harness/obstacle.js';
import { untilConverged } from '../proof/audit.js';
import { overlapsOf } from '../proof/overlaps.js';
import { EXCLUSIVE, everyKind, idlePod } from '../proof/pods.js';

import type { Definition } from '../proof/pods.js';
import type { Overlap } from '../proof/overlaps.js';
import type { FleetHost } from '../harness/fleet-host.js';

const obstacle = fleetObstacle();
const PATIENCE_MS = 6_000;
/** What starting elsewhere takes on a busy machine. */
const SLACK_MS = 20_000;
/** Far less than the five minutes for which nobody looked once. */
const RESTORED_MS = 45_000;
const HERE = 'here';
/** An engine that is asked to start what it is just stopping may be unable to remove it ever again. */
const UNHURRIED = { attempts: 1_000, delay: '4s', backoff: { factor: 1 } };
const CLI = fileURLToPath(new URL('../../apps/cli/bin/raftainer.js', import.meta.url));

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

describe.skipIf(obstacle !== undefined)(
  `hosts that hold what they do not run (${obstacle ?? 'here that can be played'})`,
  () => {
    let fleet: Fleet;
    let victim: FleetHost;
    let sinceMs = 0;

    beforeAll(async () => {
      fleet = await Fleet.create({
        agent: { environment: { RAFTAINER_ENGINE_PATIENCE: `${PATIENCE_MS}ms` } },
      });
      for (const definition of everyKind(await testImage())) {
        await fleet.apply({ ...definition, restart: UNHURRIED });
      }
    });

    afterAll(async () => {
      await fleet.close();
    });

    async function begin(): Promise<readonly string[]> {
      await untilConverged(fleet);
      sinceMs = Date.now();
      const worth = (host: FleetHost): number => slotsOn(host).length;
      victim = [...fleet.hosts].sort((one, other) => worth(other) - worth(one))[0]!;
      const slots = slotsOn(victim);
      expect(slots).not.toEqual([]);
      return slots;
    }

    function slotsOn({ name }: FleetHost): readonly string[] {
      return fleet.recorder
        .alive()
        .filter(({ host }) => host === name)
        .map(({ slot }) => slot);
    }

    async function saveSnapshot(): Promise<ArrayBuffer> {
      return (await fetch(`http://${fleet.desk}:${CONSUL_PORT}/v1/snapshot`)).arrayBuffer();
    }

    async function restoreSnapshot(body: ArrayBuffer): Promise<void> {
      const url = `http://${fleet.desk}:${CONSUL_PORT}/v1/snapshot`;
      const { status } = await fetch(url, { method: 'PUT', body });
      expect(status).toBe(200);
    }

    /** These slots run on one of these hosts, within what the lock delay and a look at the claims take. */
    async function untilRunningOn(hosts: readonly FleetHost[], slots: readonly string[]): Promise<void> {
      await eventually(
        () => {
          expect(hosts.flatMap(slotsOn)).toEqual(expect.arrayContaining([...slots]));
        },
        { timeoutMs: RESTORED_MS, intervalMs: 50 },
      );
    }

    /** Every one of these slots runs on another host; how long that took, in milliseconds. */
    async function untilElsewhere(slots: readonly string[]): Promise<number> {
      await eventually(
        () => {
          const elsewhere = fleet.hosts.filter((host) => host !== victim).flatMap(slotsOn);
          expect(elsewhere).toEqual(expect.arrayContaining([...slots]));
        },
        { timeoutMs: PATIENCE_MS + SLACK_MS, intervalMs: 50 },
      );
      return Date.now() - sinceMs;
    }

    function overlaps(): readonly Overlap[] {
      const { recorder } = fleet;
      return overlapsOf(recorder.report(), recorder.observations, { pods: [EXCLUSIVE], sinceMs });
    }

    /** Containers that run, in the order of their names. */
    function lives(): readonly string[] {
      return fleet.recorder
        .alive()
        .map(({ slot, host, fromMs }) => `${slot} on ${host} since ${fromMs}`)
        .sort();
    }

    /** A pod that no other host may run. */
    async function podOfVictim(): Promise<Definition> {
      const constraints = [{ attribute: 'hostname', operator: '=', value: victim.name }];
      return idlePod(HERE, await testImage(), { constraints });
    }

    async function raftainer(...argv: readonly string[]): Promise<string> {
      const env = {
        ...process.env,
        RAFTAINER_CONSUL_HOST: fleet.desk,
        RAFTAINER_CONSUL_PORT: String(CONSUL_PORT),
      };
      const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...argv], { env });
      return stdout;
    }

    it('a restored snapshot of Consul, older or newer, moves slots within seconds, and never makes two copies', async () => {
      const slots = (await begin()).filter((slot) => slot.startsWith(`${EXCLUSIVE}/`));
      expect(slots).not.toEqual([]);
      const before = await saveSnapshot();
      await raftainer('drain', victim.name, '--wait', '--timeout', '60s');
      await raftainer('drain', victim.name, '--undo');
      await untilConverged(fleet);
      const after = await saveSnapshot();
      await restoreSnapshot(before);
      await eventually(async () => {
        expect(await raftainer('hosts')).toMatch(/Consul went to another state of the claims/);
      });
      await untilRunningOn([victim], slots);
      await untilConverged(fleet);
      await restoreSnapshot(after);
      await untilRunningOn(
        fleet.hosts.filter((host) => host !== victim),
        slots,
      );
      await untilConverged(fleet);
      expect(overlaps()).toEqual([]);
    });

    it('an engine that is being restarted moves nothing', async () => {
      const slots = await begin();
      const before = (await fleet.cluster.claims.list()).map(({ session, epoch }) => ({ session, epoch }));
      await victim.engine.stop();
      await victim.engine.start();
      await untilConverged(fleet);
      expect((await fleet.cluster.claims.list()).map(({ session, epoch }) => ({ session, epoch }))).toEqual(
        before,
      );
      expect(slotsOn(victim)).toEqual(expect.arrayContaining([...slots]));
      expect(overlaps()).toEqual([]);
    });

    it('an engine that is gone lets its slots go: they run elsewhere, everybody is told, and it takes part again when it is back', async () => {
      const slots = await begin();
      await victim.engine.stop();
      const tookMs = await untilElsewhere(slots);
      expect(tookMs).toBeGreaterThan(PATIENCE_MS - 1_000);
      const word = new RegExp(`the Docker engine of ${victim.name} has not answered since`);
      expect(await raftainer('hosts')).toMatch(
        new RegExp(`${victim.name} +engine-down.*its Docker engine has not answered`),
      );
      expect(await raftainer('why', EXCLUSIVE)).toMatch(word);
      // What nobody can run says why.
      await fleet.apply(await podOfVictim());
      expect(await raftainer('ps')).toMatch(word);
      await fleet.remove(HERE);
      await victim.engine.start();
      await untilConverged(fleet);
      expect(await raftainer('hosts')).toMatch(new RegExp(`${victim.name} +present`));
      expect(overlaps()).toEqual([]);
    });

    it('an engine that is gone does not hold up the drain of its host', async () => {
      const slots = await begin();
      await victim.engine.stop();
      await raftainer('drain', victim.name, '--wait', '--timeout', '60s');
      await untilElsewhere(slots);
      await fleet.cluster.drains.remove(victim.name);
      await victim.engine.start();
      await untilConverged(fleet);
      expect(overlaps()).toEqual([]);
    });

    it('an engine that is gone is noticed by an agent that was started after it had gone', async () => {
      const slots = await begin();
      await victim.engine.stop();
      await victim.agent.end('SIGTERM');
      victim.agent.start();
      await untilElsewhere(slots);
      await victim.engine.start();
      await untilConverged(fleet);
      expect(overlaps()).toEqual([]);
    });

    it('an engine that hangs keeps what runs on', async () => {
      await begin();
      const before = lives();
      victim.engine.freeze();
      try {
        // Something to do, so that it is asked at all.
        await fleet.apply(await podOfVictim());
        await eventually(
          async () => {
            expect((await fleet.cluster.hosts.get(victim.name))?.record?.engine).toBeDefined();
          },
          { timeoutMs: 90_000 },
        );
        expect(slotsOn(victim)).not.toEqual([]);
        expect(await raftainer('ps')).toMatch(/this is what was seen before/);
        await fleet.remove(HERE);
      } finally {
        victim.engine.thaw();
      }
      await untilConverged(fleet);
      expect(lives()).toEqual(before);
    });
  },
);
