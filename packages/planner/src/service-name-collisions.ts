import { serviceNames } from './services.js';

import type { PodView } from './snapshot.js';

/**
 * Pods whose service names another pod has already, with what to do: `web-http` may be a pod, or the port `http` of the
 * pod `web`, and two things under one name mislead clients. The pod that was defined first keeps its names.
 */
export function serviceNameCollisions(
  pods: ReadonlyMap<string, PodView>,
): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string>();
  const collisions = new Map<string, readonly string[]>();
  const valid = [...pods].flatMap(([name, view]) => (view.state === 'valid' ? [{ name, ...view }] : []));
  for (const { name, pod } of valid.sort((a, b) => a.definedAt - b.definedAt || (a.name < b.name ? -1 : 1))) {
    const names = serviceNames(pod);
    const taken = names.filter((service) => owners.has(service));
    if (taken.length > 0) {
      collisions.set(
        name,
        taken.map(
          (service) =>
            `the service name "${service}" belongs to pod "${owners.get(service) ?? ''}" already; rename the pod or the port`,
        ),
      );
    } else {
      for (const service of names) owners.set(service, name);
    }
  }
  return collisions;
}
