import { ignoringAbsence } from './absence.js';
import type { CallOptions } from './call-options.js';
import type { Engine } from './engine.js';
import { labelFilter } from './label-filter.js';
import { pathSegment } from './path-segment.js';

/** Named volumes of the engine. */
export interface Volumes {
  /** All of them, or those with the labels; one API call. Default deadline: the client's `timeoutMs`. */
  list(options?: VolumeListOptions): Promise<readonly VolumeSummary[]>;
  /**
   * Creates a volume and gives its name; one with this name and driver that exists already is kept as it is, labels
   * included. Default deadline: the client's `changeTimeoutMs`.
   *
   * @throws DockerError `DOCKER_CONFLICT` when the name is taken by another driver, `DOCKER_BAD_REQUEST`.
   */
  create(spec: VolumeSpec, options?: CallOptions): Promise<string>;
  /**
   * Removes it with what it holds; one that does not exist is no error. Default deadline: the client's `changeTimeoutMs`.
   *
   * @throws DockerError `DOCKER_CONFLICT` while a container, even a stopped one, uses it.
   */
  remove(name: string, options?: CallOptions): Promise<void>;
}

/** Which volumes to list. */
export interface VolumeListOptions extends CallOptions {
  /** Only those with all these labels; `true` for any value. */
  readonly labels?: Readonly<Record<string, string | true>>;
}

/** A volume to create. */
export interface VolumeSpec {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default `local`. */
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
}

/** A named volume. */
export interface VolumeSummary {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Where its data are on the host. */
  readonly mountpoint: string;
}

/** A volume of the engine's answers, as far as it is used. */
interface WireVolume {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** The volumes of this engine. */
export function createVolumes(engine: Engine): Volumes {
  return {
    list: async (options = {}) => {
      const query = { filters: labelFilter(options.labels) };
      const request = { doing: 'list the volumes', method: 'GET', path: '/volumes', query } as const;
      const answer = await engine.read(request, options);
      return ((answer as { readonly Volumes: readonly WireVolume[] | null }).Volumes ?? []).map(parseVolume);
    },
    create: async ({ name, labels, driver, options: driverOpts }, options) => {
      const body = { Name: name, Labels: labels, Driver: driver, DriverOpts: driverOpts };
      const request = {
        doing: `create volume ${name}`,
        method: 'POST',
        path: '/volumes/create',
        body,
      } as const;
      return ((await engine.change(request, options)) as WireVolume).Name;
    },
    remove: async (name, options) => {
      const path = `/volumes/${pathSegment(name)}`;
      await ignoringAbsence(
        engine.change({ doing: `remove volume ${name}`, method: 'DELETE', path }, options),
      );
    },
  };
}

function parseVolume(wire: WireVolume): VolumeSummary {
  return { name: wire.Name, driver: wire.Driver, labels: wire.Labels ?? {}, mountpoint: wire.Mountpoint };
}
