/** A pod definition as a user writes it. */
export interface Definition {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Waits, and ends at once when asked to. */
const IDLE = 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done';

/** Restarts without limit and nearly at once: faults end containers more often than any default allows. */
const RESTART = { attempts: 1_000, interval: '1h', delay: '100ms', backoff: { factor: 1, maxDelay: '1s' } };

/** A pod of one container that does nothing, for as long as it is left alone. */
export function idlePod(name: string, image: string, changes: object = {}): Definition {
  const containers = [{ name: 'app', image, command: ['sh', '-c', IDLE] }];
  return { name, stopGracePeriod: '1s', restart: RESTART, containers, ...changes };
}

/** Of which pods two copies may never execute. */
export const EXCLUSIVE = 'only';
/** `exclusive: false`. */
export const SHARED = 'shared';
/** `onDisconnect: keep`. */
export const KEPT = 'kept';

/** One pod of each kind that the guarantee tells apart. */
export function everyKind(image: string): readonly Definition[] {
  return [
    idlePod(EXCLUSIVE, image, { instances: 4 }),
    idlePod(SHARED, image, { instances: 3, exclusive: false }),
    idlePod(KEPT, image, { onDisconnect: 'keep' }),
  ];
}
