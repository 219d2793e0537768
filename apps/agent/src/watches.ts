import { LABELS } from '@raftainer/planner';

import { CLAIMS_WAIT_MS } from './observe/claim-rewinds.js';

import type { EngineWatch } from './engine/engine-watch.js';
import type { Fleet } from './observe/fleet.js';
import type { Records } from './observe/watched-records.js';
import type { Doubts } from './observe/doubts.js';
import type { Pulse } from './pulse.js';
import type { Wake } from './wake.js';
import type { Cluster } from '@raftainer/cluster';
import type { WatchOptions } from '@raftainer/consul';
import type { Docker, DockerEvent } from '@raftainer/docker';
import type { Logger } from '@raftainer/logger';

/** What watching the engine needs. */
export interface DockerWatch {
  readonly docker: Docker;
  readonly config: { readonly host: string };
  readonly wake: Wake;
  readonly changes: Pulse;
  readonly doubts: Doubts;
  readonly engine: EngineWatch;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Events that nobody here caused on purpose, or that change what a slot is worth. */
const EVENTS = ['die', 'oom', 'destroy', 'pause', 'unpause', 'health_status', 'start'];

/** Events that our own work causes all the time; they need no cycle of their own. */
const QUIET_EVENTS = ['start'];

/** Wakes on the engine's events about our containers. Events only wake: the state is always read anew. */
export async function watchDocker(watch: DockerWatch): Promise<void> {
  const filters = { type: ['container'], event: EVENTS, label: [`${LABELS.host}=${watch.config.host}`] };
  for await (const event of watch.docker.events({ filters, signal: watch.signal })) {
    onDockerEvent(event, watch);
  }
}

function onDockerEvent(event: DockerEvent, { wake, changes, doubts, engine, logger }: DockerWatch): void {
  switch (event.kind) {
    case 'connected':
      logger.debug({}, 'Watching the events of the Docker engine');
      wake.request();
      return;
    case 'disconnected':
      logger.warn(
        { error: event.error },
        'The Docker engine does not answer; containers are left as they are',
      );
      engine.doubt();
      wake.request();
      return;
    case 'event':
      logger.debug({ action: event.action, container: event.name }, 'The Docker engine tells of a change');
      if (event.action === 'die') doubts.add(event.id);
      changes.beat();
      if (!QUIET_EVENTS.includes(event.action)) wake.request();
  }
}

/** What watching the cluster needs. */
export interface ConsulWatch {
  readonly cluster: Cluster;
  readonly fleet: Fleet;
  readonly records: Records;
  readonly wake: Wake;
  readonly signal: AbortSignal;
}

/** Claims change with every slot of every host; what they need is rarely urgent. */
const CLAIMS_DELAY_MS = 100;

/** Hosts and their verdicts change in bursts, when a fleet starts or a pod fits nowhere. */
const PEERS_DELAY_MS = 200;

/** Longest time of one blocking query, in milliseconds: a watch that missed a restored snapshot looks after this time. */
const WAIT_MS = 15_000;

/**
 * Wakes on changes of definitions, claims, drains and moves, and of the other hosts where that can change what this one does,
 * through blocking queries.
 */
export async function watchConsul({ cluster, fleet, records, wake, signal }: ConsulWatch): Promise<void> {
  const follow = async (kind: 'pods' | 'claims', delayMs: number): Promise<void> => {
    const onError = (): void => {
      records[kind].lost();
    };
    const waitMs = kind === 'claims' ? CLAIMS_WAIT_MS : WAIT_MS;
    for await (const { index } of cluster[kind].watch({ signal, onError, waitMs })) {
      records[kind].saw(index);
      wake.request(delayMs);
    }
  };
  // A watch that fails vouches for nothing: what it would have told of is read again.
  const toFollow = (records: Parameters<Fleet['changed']>[0]): WatchOptions => ({
    signal,
    waitMs: WAIT_MS,
    onError: () => {
      fleet.changed(records);
    },
  });
  const followPeers = async (records: 'hosts' | 'verdicts'): Promise<void> => {
    for await (const _ of cluster[records].watch(toFollow(records))) {
      fleet.changed(records);
      if (fleet.isUnsettled()) wake.request(PEERS_DELAY_MS);
    }
  };
  const followWishes = async (records: 'drains' | 'moves'): Promise<void> => {
    for await (const _ of cluster[records].watch(toFollow(records))) {
      fleet.changed(records);
      wake.request();
    }
  };
  await Promise.all([
    followPeers('hosts'),
    followPeers('verdicts'),
    followWishes('drains'),
    followWishes('moves'),
    follow('pods', 0),
    follow('claims', CLAIMS_DELAY_MS),
  ]);
}
