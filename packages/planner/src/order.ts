import type { Container } from '@raftainer/pod-spec';

/**
 * The order in which the containers of a slot start: startup containers as written, then the others as
 * written, except that a container comes after those it depends on. The parser has refused cycles.
 */
export function startOrder(containers: readonly Container[]): readonly Container[] {
  const byName = new Map(containers.map((container) => [container.name, container]));
  const ordered = new Set<Container>();
  const visit = (container: Container): void => {
    if (ordered.has(container)) return;
    for (const dependency of container.dependsOn) {
      const target = byName.get(dependency.container);
      if (target !== undefined && target !== container) visit(target);
    }
    ordered.add(container);
  };
  containers.filter((container) => container.role === 'startup').forEach(visit);
  containers.forEach(visit);
  return [...ordered];
}
