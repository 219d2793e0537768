import type { ImageDetails, ImageSummary } from './images.js';

/** An entry of `GET /images/json`, as far as it is used. */
export interface WireImageSummary {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Size: number;
  readonly Created: number;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** `GET /images/{name}/json`, as far as it is used. */
export interface WireImageDetails extends Omit<WireImageSummary, 'Created' | 'Labels'> {
  readonly Created?: string;
  readonly Architecture: string;
  readonly Os: string;
  readonly Config?: WireImageConfig | null;
}

interface WireImageConfig {
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

const NAMELESS = '<none>';

/** Turns one entry of the engine's list into an {@link ImageSummary}. */
export function parseImageSummary(wire: WireImageSummary): ImageSummary {
  return {
    id: wire.Id,
    // Older engines list nameless images as `<none>:<none>`.
    tags: (wire.RepoTags ?? []).filter((tag) => !tag.startsWith(NAMELESS)),
    digests: (wire.RepoDigests ?? []).filter((digest) => !digest.startsWith(NAMELESS)),
    sizeBytes: wire.Size,
    createdAt: wire.Created * 1000,
    labels: wire.Labels ?? {},
  };
}

/** Turns the engine's answer into {@link ImageDetails}. */
export function parseImageDetails(wire: WireImageDetails): ImageDetails {
  const config = wire.Config ?? {};
  const created = Date.parse(wire.Created ?? '');
  const summary = { ...wire, Created: Number.isNaN(created) ? 0 : created / 1000, Labels: config.Labels };
  return {
    ...parseImageSummary(summary),
    architecture: wire.Architecture,
    os: wire.Os,
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    ...(config.User && { user: config.User }),
    ...(config.WorkingDir && { workingDir: config.WorkingDir }),
    ...(config.StopSignal && { stopSignal: config.StopSignal }),
    exposedPorts: Object.keys(config.ExposedPorts ?? {}),
    hasHealthCheck: hasHealthCheck(config.Healthcheck?.Test ?? []),
  };
}

function hasHealthCheck([kind]: readonly string[]): boolean {
  return kind !== undefined && kind !== 'NONE';
}
