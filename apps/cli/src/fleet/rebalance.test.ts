import { expect, it } from 'vitest';
import { claimOf, fleetOf, hostOf, podRecord } from '../../test/fleet-of.js';
import { rebalanceOf } from './rebalance.js';
import { worldOf } from './world-of.js';

const containers = [{ name: 'app', image: 'a:1', resources: { cpu: 1 } }];
const pods = [podRecord({ name: 'web', instances: 2, containers })];
const hosts = [hostOf('n1'), hostOf('n2')];

it('shows the moves and what they change', () => {
  const claims = [claimOf('web', 0, 'n1'), claimOf('web', 1, 'n1')];
  const { moves, hosts: changes } = rebalanceOf(worldOf(fleetOf({ pods, hosts, claims })));
  expect(moves).toMatchObject([{ from: 'n1', to: 'n2' }]);
  expect(changes).toEqual([
    { host: 'n1', slots: { before: 2, after: 1 }, percent: { before: 50, after: 25 } },
    { host: 'n2', slots: { before: 0, after: 1 }, percent: { before: 0, after: 25 } },
  ]);
});

it('shows none where there is nothing to gain', () => {
  const claims = [claimOf('web', 0, 'n1'), claimOf('web', 1, 'n2')];
  expect(rebalanceOf(worldOf(fleetOf({ pods, hosts, claims })))).toEqual({ moves: [], hosts: [] });
});
