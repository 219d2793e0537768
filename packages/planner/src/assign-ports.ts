import { otherHolder } from './admission.js';
import { hostPortKey, isFixed, portInUse, portKey, publishedPorts } from './ports.js';

import type { ContainerStep } from './container-step.js';
import type { SlotContext } from './slot-context.js';
import type { Port } from '@raftainer/pod-spec';

/** Host ports by `containerPort/protocol`. */
export type PortMap = Readonly<Record<string, number>>;

/** The host ports of a slot's containers. */
export interface PortAssignment {
  /** By container name. */
  readonly byContainer: ReadonlyMap<string, PortMap>;
  readonly taken: readonly number[];
  /** Why a container that is to be made or started could not have its ports. */
  readonly obstacle?: string;
}

/** A container keeps the host ports it had; a new one gets fixed ports as written and others from the range. */
export function assignPorts(context: SlotContext, steps: readonly ContainerStep[]): PortAssignment {
  const byContainer = new Map<string, PortMap>();
  const taken: number[] = [];
  let obstacle: string | undefined;
  for (const step of steps) {
    const { spec } = step.desired;
    const before = step.current ?? step.replaced[0];
    const ports: Record<string, number> = {};
    for (const port of publishedPorts(spec)) {
      const key = portKey(port);
      obstacle ??= step.need === 'nothing' ? undefined : takenPort(context, port);
      const kept = step.reason === 'container-unstarted' ? undefined : before?.hostPorts[key];
      // One that did not start tries another port; when there is none, its own is not another's.
      const number =
        port.hostPort ??
        kept ??
        context.ledger.takePort(`${context.view.id}/${spec.name}/${key}`) ??
        before?.hostPorts[key];
      if (number === undefined) obstacle = `no free host port is left in the range for ${spec.name} ${key}`;
      else ports[key] = number;
    }
    byContainer.set(spec.name, ports);
    taken.push(...Object.values(ports));
  }
  return { byContainer, taken, obstacle };
}

/** What runs must not make way for something that cannot start. */
function takenPort(context: SlotContext, port: Port): string | undefined {
  if (!isFixed(port)) return undefined;
  const holder = otherHolder({ ...context, slot: context.view.ref }, port);
  return holder === undefined ? undefined : portInUse(hostPortKey(port), holder);
}
