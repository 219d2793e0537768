import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ControlGroup, freezerTree } from '../harness/control-group.js';
import { newFleetId } from '../harness/fleet-id.js';
import { namespacesFolder, recordFleet, removeFleet, sweepFleets } from '../harness/fleet-record.js';
import { Machine } from '../harness/machine.js';
import { prepareNamespaces } from '../harness/mount-namespace.js';
import { FleetNetwork } from '../harness/network.js';
import { fleetObstacle } from '../harness/obstacle.js';
import { tracesOf } from './traces.js';

import type { FreezerTree } from '../harness/control-group.js';

const obstacle = fleetObstacle();

/** Both versions, where this machine has them. */
const trees: readonly FreezerTree[] = (
  [
    { root: '/sys/fs/cgroup/freezer', version: 1 },
    { root: '/sys/fs/cgroup/unified', version: 2 },
    { root: '/sys/fs/cgroup', version: 2 },
  ] as const
).filter(({ root, version }) =>
  existsSync(join(root, version === 1 ? 'cgroup.clone_children' : 'cgroup.controllers')),
);

describe.skipIf(obstacle !== undefined)(`what a crash leaves (${obstacle ?? 'here it can be'})`, () => {
  it('is swept when its owner is gone: processes, even frozen ones, network, mounts, groups, data', async () => {
    const id = newFleetId();
    const folder = join(tmpdir(), `raftainer-fleet-${id.id}`);
    recordFleet(id, folder);
    try {
      mkdirSync(folder);
      await prepareNamespaces(namespacesFolder(folder));
      const ground = { id, folder, tree: freezerTree()!, network: await FleetNetwork.create(id) };
      const machine = new Machine({ ground, name: 'host-1', number: 1 });
      await machine.switchOn();
      const daemon = machine.daemon('sleep', ['sleep', '1000']);
      daemon.start();
      await expect.poll(() => machine.group.processes()).toEqual([daemon.pid]);
      await machine.group.freeze();
      expect(await sweepFleets()).not.toContain(id.id);
      // A process that has ended: no other can have begun at tick 1.
      writeFileSync(id.record, JSON.stringify({ pid: process.pid, startTicks: 1, folder }));
      expect(await tracesOf(id.id)).not.toEqual([]);
      expect(await sweepFleets()).toContain(id.id);
      expect(await tracesOf(id.id)).toEqual([]);
      expect(existsSync(folder)).toBe(false);
      await daemon.exited();
    } finally {
      await removeFleet(id, folder);
    }
  });
});

describe.skipIf(obstacle !== undefined).each(trees)(
  'a control group of version $version in $root',
  (tree) => {
    it('freezes, thaws and kills all that is in it', async () => {
      const group = new ControlGroup(tree, `/${newFleetId().prefix}-test`);
      group.create();
      try {
        const counting = ['-c', 'echo $$ > "$0"; while :; do echo tick; sleep 0.01; done', group.entrance];
        const child = spawn('sh', counting, { stdio: ['ignore', 'pipe', 'ignore'] });
        let ticks = 0;
        child.stdout.on('data', () => (ticks += 1));
        await expect.poll(() => ticks).toBeGreaterThan(3);
        await group.freeze();
        await new Promise((resolve) => setTimeout(resolve, 50));
        const before = ticks;
        await new Promise((resolve) => setTimeout(resolve, 200));
        expect(ticks).toBe(before);
        group.thaw();
        await expect.poll(() => ticks).toBeGreaterThan(before);
        await group.freeze();
        await Promise.all([once(child, 'exit'), group.kill()]);
        expect(group.processes()).toEqual([]);
      } finally {
        await group.kill();
        await group.remove();
      }
      expect(existsSync(group.containersFolder)).toBe(false);
    });
  },
);
