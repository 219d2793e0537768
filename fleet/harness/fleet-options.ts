import { eventually } from '@raftainer/testing';

import { cacheFolder } from '../../scripts/cache-folder.mjs';
import { ensureConsul } from '../../scripts/consul.mjs';
import { ensureExampleImage, ensureTestImage } from '../../scripts/image.mjs';

import type { Gossip } from './consul-member.js';
import type { EngineOptions } from './engine.js';
import type { AgentOptions } from './raftainer-agent.js';

/** What a fleet is made of. */
export interface FleetOptions {
  /** Default 3. */
  readonly hosts?: number;
  /** Consul servers, each on a machine of its own. Default 3. */
  readonly servers?: number;
  /** How soon Consul finds a host dead. Default `default`. */
  readonly gossip?: Gossip;
  readonly agent?: AgentOptions;
  readonly engine?: EngineOptions;
  /** Which of the images made from this machine's files every engine gets. Default `test`. */
  readonly images?: readonly FleetImage[];
  /** Told of every step. */
  readonly log?: (line: string) => void;
}

/** `test` is `raftainer/test` (a few megabytes), `example` is `raftainer/example` (about 100 MB). */
export type FleetImage = 'test' | 'example';

/** Path of the Consul that a script or a test's set-up has found. */
const CONSUL_VARIABLE = 'RAFTAINER_TEST_CONSUL';

const IMAGE_TIMEOUT_MS = 120_000;

/** A number of its address is left for every host below those of the servers. */
const MAX_HOSTS = 200;

/** The options with every default filled in. @throws Error for numbers that make no fleet. */
export function withDefaults(options: FleetOptions): Required<FleetOptions> {
  const { hosts = 3, servers = 3, gossip = 'default' } = options;
  const { agent = {}, engine = {}, images = ['test'] } = options;
  const log = options.log ?? ((): void => undefined);
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > MAX_HOSTS)
    throw new Error(`A fleet of ${hosts} hosts cannot be made: give a number from 1 to ${MAX_HOSTS}.`);
  if (![1, 3, 5].includes(servers))
    throw new Error(`${servers} Consul servers make no good quorum: give 1, 3 or 5.`);
  return { hosts, servers, gossip, agent, engine, images, log };
}

/** Path of a Consul that runs here. */
export async function consulBinary(): Promise<string> {
  return process.env[CONSUL_VARIABLE] ?? ensureConsul({ cacheDir: cacheFolder() });
}

/** Makes images in an engine; patiently, as an engine that has just been started on a busy machine may not answer in time. */
export async function loadImages(images: readonly FleetImage[], dockerHost: string): Promise<void> {
  for (const image of images) {
    const ensure = image === 'test' ? ensureTestImage : ensureExampleImage;
    await eventually(() => ensure({ host: dockerHost }), { timeoutMs: IMAGE_TIMEOUT_MS, intervalMs: 500 });
  }
}
