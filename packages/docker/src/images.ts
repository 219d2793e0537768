import type { Readable } from 'node:stream';
import type { CallOptions } from './call-options.js';

/** Images of the engine. */
export interface Images {
  /** `undefined` when the image is not on this host. Default deadline: the client's `timeoutMs`. */
  inspect(reference: string, options?: CallOptions): Promise<ImageDetails | undefined>;
  /** All images with a name. Default deadline: the client's `timeoutMs`. */
  list(options?: ImageListOptions): Promise<readonly ImageSummary[]>;
  /**
   * Pulls an image; resolves when it is on this host. Calls for the same image with the same credentials share one
   * pull, which ends early only when the last of them has left. No default deadline: `stallTimeoutMs` bounds it.
   *
   * @throws DockerError `DOCKER_IMAGE_NOT_FOUND`, `DOCKER_REGISTRY_UNREACHABLE`, `DOCKER_REGISTRY_AUTH`,
   * `DOCKER_REGISTRY_RATE_LIMITED`, `DOCKER_PULL_STALLED`, `DOCKER_PULL_FAILED`.
   */
  pull(reference: string, options?: PullOptions): Promise<void>;
  /**
   * Makes sure the image is on this host, pulling it as the policy says, and gives its id. With `missing` and the
   * image there, no registry is asked.
   *
   * @throws DockerError like {@link Images.pull}; `DOCKER_IMAGE_NOT_FOUND` with `never`.
   */
  ensure(reference: string, options: EnsureImageOptions): Promise<EnsuredImage>;
  /**
   * Makes a one-layer image from a tar archive of a file system (plain, gzip, bzip2 or xz) and gives its id. Default
   * deadline: 10 min.
   *
   * @throws DockerError `DOCKER_BAD_REQUEST`, `DOCKER_SERVER_ERROR` when it is no archive.
   */
  importTar(
    archive: Readable | Uint8Array,
    image: ImportedImage,
    options?: CallOptions,
  ): Promise<EnsuredImage>;
  /**
   * Removes the reference, and the image with its last one. One that does not exist is no error. Default deadline: the
   * client's `changeTimeoutMs`.
   *
   * @throws DockerError `DOCKER_CONFLICT` when a container uses it and `force` is not set.
   */
  remove(reference: string, options?: RemoveImageOptions): Promise<void>;
}

/** When to ask the registry: each time, only when the image is not on the host, or not at all. */
export type ImagePullPolicy = 'always' | 'missing' | 'never';

/** An image on this host. */
export interface ImageSummary {
  /** `sha256:…`, the digest of its configuration. */
  readonly id: string;
  /** `name:tag` references; empty when it has only digests. */
  readonly tags: readonly string[];
  /** `name@sha256:…` references, one for each repository it was pulled from. */
  readonly digests: readonly string[];
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** What inspecting an image tells: its configuration too. */
export interface ImageDetails extends ImageSummary {
  readonly architecture: string;
  readonly os: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly stopSignal?: string;
  /** Such as `8080/tcp`. */
  readonly exposedPorts: readonly string[];
  /** Whether it brings a health check of its own. */
  readonly hasHealthCheck: boolean;
}

/** Which images to list. */
export interface ImageListOptions extends CallOptions {
  /** Only those with all these labels; `true` for any value. */
  readonly labels?: Readonly<Record<string, string | true>>;
}

/** Credentials for the registry of an image. */
export interface PullCredentials {
  readonly username: string;
  readonly password: string;
  /** Default: the registry in the reference. */
  readonly serverAddress?: string;
}

/** One step of a pull, as the engine reports it. */
export interface PullProgress {
  /** Of the layer, where the step is about one. */
  readonly id?: string;
  /** In the engine's words, such as `Downloading`. */
  readonly status: string;
  /** Bytes done. */
  readonly current?: number;
  /** Bytes in all. */
  readonly total?: number;
}

/** How to pull an image. */
export interface PullOptions extends CallOptions {
  readonly credentials?: PullCredentials;
  readonly onProgress?: (progress: PullProgress) => void;
  /** Give up after so long without any progress. Default 60 s. A pull that is shared keeps the value of its first caller. */
  readonly stallTimeoutMs?: number;
}

/** How to make sure that an image is there. */
export interface EnsureImageOptions extends PullOptions {
  readonly policy: ImagePullPolicy;
}

/** An image that is on this host. */
export interface EnsuredImage {
  readonly id: string;
}

/** Name and configuration of an imported image. */
export interface ImportedImage {
  /** `name:tag` to give it. */
  readonly tag: string;
  /** Dockerfile instructions to apply, such as `CMD ["/bin/app"]`. */
  readonly changes?: readonly string[];
}

/** How to remove an image. */
export interface RemoveImageOptions extends CallOptions {
  /** Also when stopped containers use it. Default false. */
  readonly force?: boolean;
}
