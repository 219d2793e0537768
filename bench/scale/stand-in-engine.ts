import { on, EventEmitter } from 'node:events';

import { StandInContainers } from './stand-in-containers.js';
import { StandInNetworks } from './stand-in-networks.js';
import { unsupported } from './unsupported.js';

import type { RunningSlot } from './stand-in-containers.js';
import type { Docker, DockerEvent, Images, Volumes } from '@raftainer/docker';

/**
 * A Docker engine that runs nothing: it keeps in memory what it was told, and answers at once. Hundreds of them fit one
 * process, which is what the simulation of a fleet needs; whatever the engine itself costs is not measured with it.
 */
export function createStandInEngine(): StandInEngine {
  const events = new EventEmitter();
  const containers = new StandInContainers((event) => events.emit('event', event));
  return {
    containers,
    networks: new StandInNetworks(),
    images: IMAGES,
    volumes: VOLUMES,
    ping: async () => Promise.resolve(),
    version: async () =>
      Promise.resolve({ version: 'stand-in', apiVersion: '1.41', os: 'linux', arch: 'amd64' }),
    // Without an id, as an engine that does not answer: the machine is told by its own.
    info: async () =>
      Promise.resolve({ id: '', name: 'stand-in', storageDriver: '', cgroupVersion: 2, liveRestore: false }),
    events: (options) => watch(events, options?.signal),
    close: () => undefined,
    get running() {
      return containers.running;
    },
  };
}

/** An engine of which one can also ask what runs. */
export interface StandInEngine extends Docker {
  readonly running: readonly RunningSlot[];
}

/** Every image is there. */
const IMAGES: Images = {
  inspect: unsupported,
  list: async () => Promise.resolve([]),
  pull: async () => Promise.resolve(),
  ensure: async () => Promise.resolve({ id: 'sha256:stand-in' }),
  importTar: unsupported,
  remove: async () => Promise.resolve(),
};

const VOLUMES: Volumes = {
  list: async () => Promise.resolve([]),
  create: async ({ name }) => Promise.resolve(name),
  remove: async () => Promise.resolve(),
};

async function* watch(events: EventEmitter, signal?: AbortSignal): AsyncGenerator<DockerEvent> {
  const stream = on(events, 'event', signal === undefined ? {} : { signal });
  yield { kind: 'connected' };
  try {
    for await (const [event] of stream) yield event as DockerEvent;
  } catch (error: unknown) {
    if (signal?.aborted !== true) throw error;
  }
}
