import { readFile } from 'node:fs/promises';

import type { Docker } from '@raftainer/docker';

/** What tells one machine from another, as far as it could be found out. Each of them alone can be copied. */
export interface Machine {
  /** Of the operating system. Clones of one image may have the same. */
  readonly machineId?: string;
  /** Of the Docker engine. A data folder that was copied brings it along; one that was made anew has another. */
  readonly engineId?: string;
}

const MACHINE_ID = '/etc/machine-id';
/** An engine that hangs must not keep a host from being present. */
const ENGINE_TIMEOUT_MS = 1_000;

/** Asks the machine and its engine; what does not answer is left out. */
export async function readMachine(docker: Pick<Docker, 'info'>): Promise<Machine> {
  const [machineId, engineId] = await Promise.all([
    readFile(MACHINE_ID, 'utf8').then(
      (text) => text.trim(),
      () => '',
    ),
    docker.info({ timeoutMs: ENGINE_TIMEOUT_MS }).then(
      ({ id }) => id,
      () => '',
    ),
  ]);
  return { ...(machineId === '' ? {} : { machineId }), ...(engineId === '' ? {} : { engineId }) };
}

/** Whether both are certainly two machines: nothing that is known of both is the same, and something is. */
export function areDifferent(one: Machine, other: Machine): boolean {
  const known = (['machineId', 'engineId'] as const).filter(
    (name) => one[name] !== undefined && other[name] !== undefined,
  );
  return known.length > 0 && known.every((name) => one[name] !== other[name]);
}

/** Whether both certainly use one Docker engine: what runs on it is the same for both. */
export function haveSameEngine(one: Machine, other: Machine): boolean {
  return one.engineId !== undefined && one.engineId === other.engineId;
}
