import { isAbout } from './placement-world.js';

import type { DefinedPod, PeerView } from './placement-world.js';

/** By pod, in the order of the hosts: 1 where a verdict refuses its revision. Pods that nobody refuses are absent. */
export function refusalColumns(
  pods: readonly DefinedPod[],
  hosts: readonly PeerView[],
): ReadonlyMap<string, Uint8Array> {
  const columns = new Map<string, Uint8Array>();
  const definitions = new Map(pods.map((defined) => [defined.pod.name, defined]));
  for (const [host, { refusals }] of hosts.entries()) {
    for (const refusal of refusals) {
      const { pod } = refusal;
      const defined = definitions.get(pod);
      if (defined === undefined || !isAbout(refusal, defined)) continue;
      const refusing = columns.get(pod) ?? new Uint8Array(hosts.length);
      refusing[host] = 1;
      columns.set(pod, refusing);
    }
  }
  return columns;
}
