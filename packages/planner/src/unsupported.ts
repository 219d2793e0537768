import type { Container, Pod } from '@raftainer/pod-spec';

/** A part of the definition language that this version of the agent refuses rather than ignores. */
interface Feature {
  readonly field: string;
  readonly used: (pod: Pod) => boolean;
  /** What can be done meanwhile. */
  readonly instead?: string;
}

const anyContainer =
  (used: (container: Container) => boolean) =>
  (pod: Pod): boolean =>
    pod.containers.some(used);

const FEATURES: readonly Feature[] = [
  {
    field: 'kind: job and kind: periodic',
    used: (pod) => pod.kind === 'job' || pod.kind === 'periodic',
  },
  { field: 'schedule', used: (pod) => pod.schedule !== undefined },
  { field: 'update', used: (pod) => pod.update !== undefined },
  {
    field: 'containers[].registry',
    used: anyContainer((container) => container.registry !== undefined),
    instead:
      'credentials of image registries are not read from Vault. Leave it out, and pull the image on the hosts by hand (docker login, docker pull)',
  },
];

/** What a definition asks for that is understood but not supported yet: a sentence for each field. */
export function unsupportedProblems(pod: Pod): readonly string[] {
  return FEATURES.filter((feature) => feature.used(pod)).map(({ field, instead }) =>
    instead === undefined ? `${field}: not supported yet` : `${field}: not supported yet; ${instead}`,
  );
}
