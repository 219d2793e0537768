import { totalmem } from 'node:os';

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

/** Its instances fill more than half of a host each: no host can hold two of them. Exclusive. */
export const BROAD = 'broad';
/** Has a named volume, and with it a home. Exclusive. */
export const SETTLED = 'settled';
const BROAD_SHARE = 0.55;
/**
 * An engine that is stopped ends its containers one by one. One that is asked to start what it is just stopping may be
 * unable to remove it ever again.
 */
export const UNHURRIED = { attempts: 1_000, interval: '1h', delay: '4s', backoff: { factor: 1 } };

/** Beside one of every kind, the pods that only chaos has. */
export function chaosPods(image: string): readonly Definition[] {
  const command = ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'];
  return [
    idlePod(ELASTIC, image, { instances: 2 }),
    editedPod(image, 0),
    idlePod(EVERYWHERE, image, { kind: 'system' }),
    idlePod(BROAD, image, {
      instances: 2,
      containers: [inContainer(image, { resources: { memory: Math.floor(totalmem() * BROAD_SHARE) } })],
    }),
    idlePod(SETTLED, image, {
      volumes: [{ name: 'data' }],
      containers: [inContainer(image, { volumes: [{ volume: 'data', mountPath: '/data' }] })],
    }),
    idlePod(STUBBORN, image, { instances: 2, containers: [{ name: 'app', image, command }] }),
  ];
}

/** The pod that is edited, in one of its versions. */
export function editedPod(image: string, version: number): Definition {
  return idlePod(EDITED, image, {
    restart: UNHURRIED,
    containers: [inContainer(image, { environment: { VERSION: String(version) } })],
  });
}

/** The same pod with an image that nobody has. */
export function brokenEdit(image: string): Definition {
  const containers = [inContainer(image, { image: 'raftainer/does-not-exist:ever' })];
  return idlePod(EDITED, image, { restart: UNHURRIED, containers });
}

/** The container of an idle pod, changed. */
function inContainer(image: string, changes: object): object {
  const [container] = idlePod(EDITED, image).containers as readonly object[];
  return { ...container, ...changes };
}
