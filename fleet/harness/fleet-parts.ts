import { Recorder } from '../recorder/recorder.js';
import { ConsulServers } from './consul-servers.js';
import { startDesk } from './desk.js';
import { FleetHost } from './fleet-host.js';
import { consulBinary, loadImages } from './fleet-options.js';

import type { FreezeChange } from './fleet-host.js';
import type { FleetOptions } from './fleet-options.js';
import type { FleetGround } from './machine.js';

/** Everything that a fleet has started. */
export interface FleetParts {
  readonly ground: FleetGround;
  readonly hosts: readonly FleetHost[];
  readonly servers: ConsulServers;
  readonly recorder: Recorder;
  readonly desk: string;
}

/** Starts everything of a fleet side by side: servers, desk, hosts; then the recorder, as it follows engines that answer. */
export async function startParts(ground: FleetGround, wanted: Required<FleetOptions>): Promise<FleetParts> {
  const binary = await consulBinary();
  wanted.log(`Starting ${wanted.hosts} host(s) and ${wanted.servers} Consul server(s) in ${ground.folder}…`);
  const servers = await ConsulServers.start(ground, { count: wanted.servers, binary, gossip: wanted.gossip });
  const { gossip } = wanted;
  const consul = { binary, gossip, servers: servers.addresses };
  // A host may freeze only after the recorder is there: both are made here, before anybody has the fleet.
  const recording: { recorder?: Recorder } = {};
  const onFreeze = (change: FreezeChange): void => {
    recording.recorder?.note(change);
  };
  // One after the other: side by side they would only be in each other's way.
  let loading = Promise.resolve();
  const load = async (dockerHost: string): Promise<void> => {
    loading = loading.then(() => loadImages(wanted.images, dockerHost));
    await loading;
  };
  const numbers = Array.from({ length: wanted.hosts }, (_, index) => index + 1);
  const hosts = await Promise.all(
    numbers.map((number) =>
      FleetHost.create({
        ...wanted.engine,
        ...{ ground, number, gossip, consulBinary: binary, servers: servers.addresses },
        ...{ agent: wanted.agent, loadImages: load, onFreeze },
      }),
    ),
  );
  const [desk] = await Promise.all([
    startDesk(ground, consul),
    servers.untilLed(),
    ...hosts.map((host) => host.boot()),
  ]);
  recording.recorder = await Recorder.start(
    hosts.map(({ name, machine, engine }) => ({
      ...{ name, containersFolder: machine.group.containersFolder },
      ...{ engineFolder: engine.dataFolder, dockerHost: engine.host },
    })),
  );
  return { ground, hosts, servers, recorder: recording.recorder, desk };
}
