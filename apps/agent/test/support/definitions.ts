/** A pod definition as a user writes it. */
export interface Definition {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Any definition, right or wrong. */
export function define(definition: Definition): Definition {
  return definition;
}

/** Waits, and ends at once when asked to. */
export const IDLE = 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done';

/** A container that does nothing, for as long as it is left alone. */
export function sleeper(image: string, changes: object = {}): object {
  return { name: 'app', image, command: ['sh', '-c', IDLE], ...changes };
}

/** A pod of one {@link sleeper}. */
export function sleepingPod(name: string, image: string, changes: object = {}): Definition {
  return { name, containers: [sleeper(image, changes)] };
}
