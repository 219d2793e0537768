import { isMadeFor, probeCheckOf } from './probe-check.js';

import type { DesiredContainer } from './desired-container.js';
import type { Reason } from './reason.js';
import type { ContainerView } from './snapshot.js';

/** What comparing an observed container with its definition says. */
export type Comparison =
  { readonly verdict: 'same' } | { readonly verdict: 'recreate'; readonly reason: Reason };

/**
 * Compares by the configuration's hash, so the order of keys or a change of something that does not concern
 * the container never replaces it. Image ids count only while an edit is being applied (`images` is empty
 * otherwise): a tag that moves by itself leaves running containers alone. The agent's own check is no part of the hash, as
 * Docker does not need it; a container is judged by the one that it was made for.
 */
export function compareContainer(
  desired: DesiredContainer,
  observed: ContainerView,
  images: ReadonlyMap<string, string>,
): Comparison {
  if (observed.configHash !== desired.configHash) return { verdict: 'recreate', reason: 'container-changed' };
  const { check } = observed;
  if (check !== undefined && !isMadeFor(check, probeCheckOf(desired.spec)))
    return { verdict: 'recreate', reason: 'container-changed' };
  const imageId = images.get(desired.spec.image);
  if (imageId !== undefined && imageId !== observed.imageId) {
    return { verdict: 'recreate', reason: 'image-changed' };
  }
  return { verdict: 'same' };
}
