import type { CallOptions } from './call-options.js';
import { resolveAddress } from './connection.js';
import { createContainers } from './containers.js';
import type { Containers } from './containers.js';
import { bounded, Engine } from './engine.js';
import { watchEvents } from './events.js';
import type { DockerEvent, EventOptions } from './events.js';
import { createImages } from './engine-images.js';
import type { Images } from './images.js';
import { createNetworks } from './engine-networks.js';
import type { Networks } from './networks.js';
import { createVolumes } from './volumes.js';
import type { Volumes } from './volumes.js';

/** Where the engine is and how long it may take. */
export interface DockerOptions {
  /**
   * `unix:///path`, `tcp://host:port`, or `npipe:////./pipe/name`. Default: `DOCKER_HOST`, else the local socket. With
   * `DOCKER_TLS_VERIFY` set, a tcp engine is reached over TLS with the certificates in `DOCKER_CERT_PATH`.
   */
  readonly host?: string;
  /** Deadline of calls that only read, in milliseconds. Default 30 s. */
  readonly timeoutMs?: number;
  /** Deadline of calls that create, start or remove, in milliseconds. Default 2 min: a busy engine queues them. */
  readonly changeTimeoutMs?: number;
}

/** The engine's own description. */
export interface EngineVersion {
  readonly version: string;
  readonly apiVersion: string;
  readonly os: string;
  readonly arch: string;
}

/** An engine, as it describes itself. */
export interface EngineInfo {
  /** Unique to its data folder: made with it, and copied with it. Empty where the engine has none. */
  readonly id: string;
  /** Host name of its machine. */
  readonly name: string;
  /** Such as `overlay2`. */
  readonly storageDriver: string;
  readonly cgroupVersion: 1 | 2;
  /** Whether containers run on while the engine is restarted. */
  readonly liveRestore: boolean;
}

/** A Docker engine. */
export interface Docker {
  readonly containers: Containers;
  readonly images: Images;
  readonly networks: Networks;
  readonly volumes: Volumes;
  /** Resolves when the engine answers. Default deadline: 5 s. */
  ping(options?: CallOptions): Promise<void>;
  /** Default deadline: the client's `timeoutMs`. */
  version(options?: CallOptions): Promise<EngineVersion>;
  /** What the engine is and how it is set up. Default deadline: the client's `timeoutMs`. */
  info(options?: CallOptions): Promise<EngineInfo>;
  /**
   * Watches the engine's events for ever, reconnecting after a loss with growing delays and jitter. Events during a
   * gap are not delivered: read the state on each `connected`. Ends only through the signal, a `break`, or `close()`.
   */
  events(options?: EventOptions): AsyncIterable<DockerEvent>;
  /** Ends every call under way with `DOCKER_ABORTED` and closes the connections. */
  close(): void;
}

/**
 * A client of a Docker engine with API 1.41 or newer. Nothing is sent before the first call.
 *
 * @throws DockerError `DOCKER_CONFIG_INVALID` when the address or the certificates cannot be used.
 */
export function createDocker(options: DockerOptions = {}): Docker {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, changeTimeoutMs = DEFAULT_CHANGE_TIMEOUT_MS } = options;
  const engine = new Engine(resolveAddress(options.host, process.env), { timeoutMs, changeTimeoutMs });
  return {
    containers: createContainers(engine),
    images: createImages(engine),
    networks: createNetworks(engine),
    volumes: createVolumes(engine),
    ping: async (call = {}) => {
      const request = { doing: 'reach the engine', method: 'GET', path: '/_ping' } as const;
      await engine.request(request, bounded(call, DEFAULT_PING_TIMEOUT_MS));
    },
    version: async (call) => {
      const request = { doing: 'read the version of the engine', method: 'GET', path: '/version' } as const;
      const answer = (await engine.read(request, call)) as WireVersion;
      return { version: answer.Version, apiVersion: answer.ApiVersion, os: answer.Os, arch: answer.Arch };
    },
    info: async (call) => {
      const request = { doing: 'read what the engine is', method: 'GET', path: '/info' } as const;
      const answer = (await engine.read(request, call)) as WireInfo;
      return {
        id: answer.ID ?? '',
        name: answer.Name ?? '',
        storageDriver: answer.Driver ?? '',
        cgroupVersion: answer.CgroupVersion === '2' ? 2 : 1,
        liveRestore: answer.LiveRestoreEnabled === true,
      };
    },
    events: (watch = {}) => watchEvents(engine, watch),
    close: () => {
      engine.close();
    },
  };
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_CHANGE_TIMEOUT_MS = 120_000;
const DEFAULT_PING_TIMEOUT_MS = 5_000;

/** `GET /version`, as far as it is used. */
interface WireVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly Os: string;
  readonly Arch: string;
}

/** `GET /info`, as far as it is used. Podman leaves some of it out. */
interface WireInfo {
  readonly ID?: string;
  readonly Name?: string;
  readonly Driver?: string;
  readonly CgroupVersion?: string;
  readonly LiveRestoreEnabled?: boolean;
}
