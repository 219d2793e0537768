import { idlePod } from '../proof/pods.js';

import type { Definition } from '../proof/pods.js';

/** Kinds of changes of definitions, in a fixed order. */
export const EDITS = ['scale', 'environment', 'comeAndGo'] as const;
export type EditName = (typeof EDITS)[number];

/** Its number of instances changes all the time. Exclusive. */
export const ELASTIC = 'elastic';
/** Its environment changes all the time. Exclusive. */
export const EDITED = 'edited';
/** Is removed and comes back. Exclusive. */
export const FLEETING = 'fleeting';
/** One on every host. */
export const EVERYWHERE = 'everywhere';
/** Ends for nothing less than SIGKILL. Exclusive. */
export const STUBBORN = 'stubborn';

/** Beside one of every kind, the pods that only chaos has. */
export function chaosPods(image: string): readonly Definition[] {
  const command = ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'];
  return [
    idlePod(ELASTIC, image, { instances: 2 }),
    editedPod(image, 0),
    idlePod(EVERYWHERE, image, { kind: 'system' }),
    idlePod(STUBBORN, image, { instances: 2, containers: [{ name: 'app', image, command }] }),
  ];
}

/** The pod that is edited, in one of its versions. */
export function editedPod(image: string, version: number): Definition {
  const [container] = idlePod(EDITED, image).containers as readonly object[];
  return idlePod(EDITED, image, {
    containers: [{ ...container, environment: { VERSION: String(version) } }],
  });
}
