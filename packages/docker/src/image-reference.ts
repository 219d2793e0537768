/** The parts of an image reference. */
export interface ImageReference {
  /** With the registry, as written. */
  readonly repository: string;
  /** A tag, or a digest `sha256:…`. */
  readonly version: string;
  /** Host of the registry; `undefined` for Docker Hub. */
  readonly registry?: string;
}

/**
 * Takes a reference apart. Without tag and digest the tag is `latest`: sent as it is, the engine would pull every tag of
 * the repository. A digest beats a tag. Rules: distribution/reference, "Grammar".
 */
export function parseImageReference(reference: string): ImageReference {
  const digestAt = reference.indexOf('@');
  const named = digestAt < 0 ? reference : reference.slice(0, digestAt);
  const colon = named.lastIndexOf(':');
  // A colon before a slash belongs to the port of the registry.
  const tagAt = colon > named.lastIndexOf('/') ? colon : named.length;
  const repository = named.slice(0, tagAt);
  const tag = named.slice(tagAt + 1) || 'latest';
  const version = digestAt < 0 ? tag : reference.slice(digestAt + 1);
  const registry = registryOf(repository);
  return registry === undefined ? { repository, version } : { repository, version, registry };
}

/** The first part is a host when it looks like one; otherwise it is an account on Docker Hub. */
function registryOf(repository: string): string | undefined {
  const [first = '', ...rest] = repository.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : undefined;
}
