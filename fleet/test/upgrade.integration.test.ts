import { mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { GUARD_NAMES } from '../../apps/agent/src/guard/protocol.js';
import { guardProcesses } from '../../apps/agent/src/guard/guard-processes.js';
import { agentOfVersion } from '../../apps/agent/test/support/other-version.js';
import { ROOT } from '../../apps/agent/test/support/program.js';
import { fleetObstacle } from '../harness/obstacle.js';
import { EXCLUSIVE } from '../proof/pods.js';
import { Stage } from '../proof/stage.js';

import type { OtherVersion } from '../../apps/agent/test/support/other-version.js';
import type { FleetHost } from '../harness/fleet-host.js';

const unbuilt =
  process.env.RAFTAINER_TEST_BUILT === undefined ? 'nothing is built that could be copied' : undefined;
const obstacle = fleetObstacle() ?? unbuilt;
const PATIENCE = { timeoutMs: 60_000, intervalMs: 100 };

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

describe.skipIf(obstacle !== undefined)(
  `two versions in a fleet (${obstacle ?? 'they can be played'})`,
  () => {
    let folder: string;
    let other: OtherVersion;
    let stage: Stage;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'raftainer-installed-'));
      other = await agentOfVersion('99.1.0');
      await install(join(ROOT, 'apps/agent'));
      const program = join(folder, 'agent/bin/raftainer-agent.js') as `/${string}`;
      stage = await Stage.create({ agent: { program, environment: { RAFTAINER_CRASH_HOLD: '2s' } } });
    });

    afterAll(async () => {
      await stage.close();
      await other.remove();
      await rm(folder, { recursive: true, force: true });
    });

    /** What the next start of any agent runs. */
    async function install(path: string): Promise<void> {
      await symlink(path, join(folder, 'next'));
      await rename(join(folder, 'next'), join(folder, 'agent'));
    }

    function guardsOf({ stateFolder: stateDir }: FleetHost): readonly number[] {
      return GUARD_NAMES.flatMap((name) => guardProcesses({ stateDir, name }).map(({ pid }) => pid));
    }

    it.each(['an upgrade', 'a downgrade'])(
      '%s moves nothing; what the new agent leaves then moves',
      async (change) => {
        await install(change === 'an upgrade' ? other.folder : join(ROOT, 'apps/agent'));
        await stage.begin();
        for (const host of stage.fleet.hosts) {
          const before = guardsOf(host);
          await host.agent.end('SIGTERM');
          host.agent.start();
          await eventually(() => {
            const now = guardsOf(host);
            expect(now).toHaveLength(GUARD_NAMES.length);
            expect(now.filter((pid) => before.includes(pid))).toEqual([]);
          }, PATIENCE);
        }
        expect(await stage.end()).toEqual([]);
        expect(stage.begun()).toEqual([]);

        const victim = stage.busiest();
        const slots = stage.slotsOn(victim, EXCLUSIVE);
        expect(slots.length).toBeGreaterThan(0);
        await victim.agent.kill();
        await stage.untilElsewhere(slots, victim);
        expect(stage.overlaps()).toEqual([]);
        await eventually(() => {
          expect(guardsOf(victim)).toEqual([]);
        }, PATIENCE);
        victim.agent.start();
        await stage.end();
      },
    );
  },
);
