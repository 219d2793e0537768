/** One container of one slot, as the recorder knows it. */
export interface ObservedContainer {
  /** The engine's id. */
  readonly id: string;
  /** The host whose engine runs it. */
  readonly host: string;
  /** Such as `web/0`. */
  readonly slot: string;
  /** Its name within the pod. */
  readonly name: string;
  /** `startup`, `main` or `sidecar`. */
  readonly role: string;
  /** The epoch that its label carries; absent when it carries none. */
  readonly epoch?: string;
}

/**
 * What the recorder saw happen to a container. `seen` and `gone` come from the kernel: the control group of the container
 * got, or has lost, its processes. `started` and `died` are the engine's own word. Either may be missing: a killed engine
 * says nothing, and a process that lives for a few milliseconds may be overlooked.
 */
export interface ContainerObservation {
  readonly kind: 'seen' | 'gone' | 'started' | 'died';
  /** Milliseconds since the epoch, by this machine's clock, which is that of all its engines. */
  readonly atMs: number;
  readonly container: ObservedContainer;
}

/** A whole host was frozen, or runs again: in between its containers exist, but execute nothing. */
export interface HostObservation {
  readonly kind: 'frozen' | 'thawed';
  readonly atMs: number;
  readonly host: string;
}

/** One entry of the recording. */
export type Observation = ContainerObservation | HostObservation;

/** Whether an entry tells of a container. */
export function isOfContainer(observation: Observation): observation is ContainerObservation {
  return 'container' in observation;
}
