import type { Container, Pod } from '@raftainer/pod-spec';

/** A part of the definition language that this version of the agent refuses rather than ignores. */
interface Feature {
  readonly field: string;
  readonly used: (pod: Pod) => boolean;
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
  { field: 'containers[].registry', used: anyContainer((container) => container.registry !== undefined) },
];

/** Names the fields of the definition that are understood but not supported yet. */
export function unsupportedFields(pod: Pod): readonly string[] {
  return FEATURES.filter((feature) => feature.used(pod)).map((feature) => feature.field);
}
