import { LABELS } from '@raftainer/planner';
import { eventually } from '@raftainer/testing';

import type { ContainerSummary } from '@raftainer/docker';
import type { TestHost } from '../../support/test-host.js';

/** The one container of this name in a slot; throws while there is none or more than one. */
export async function slotContainer(
  host: TestHost,
  pod: string,
  { container = 'app', index = 0 }: { readonly container?: string; readonly index?: number } = {},
): Promise<ContainerSummary> {
  const all = await host.containers(pod);
  const found = all.filter(
    ({ labels }) => labels[LABELS.container] === container && labels[LABELS.index] === String(index),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${pod}/${String(index)} has ${String(found.length)} containers named ${container}`);
  }
  return only;
}

/** Waits until a container of the slot runs that is not the one with this id. */
export async function untilReplaced(
  host: TestHost,
  pod: string,
  before: { readonly id: string; readonly container?: string; readonly index?: number },
): Promise<ContainerSummary> {
  return eventually(
    async () => {
      const now = await slotContainer(host, pod, before);
      if (now.id === before.id || now.state !== 'running')
        throw new Error(`${pod} is ${now.state} as ${now.id}`);
      return now;
    },
    { timeoutMs: 90_000, intervalMs: 200 },
  );
}

/** Runs a shell line in a container and returns what it printed; throws when it fails. */
export async function sh(host: TestHost, id: string, line: string): Promise<string> {
  const { exitCode, stdout, stderr } = await host.docker.containers.exec(id, { command: ['sh', '-c', line] });
  if (exitCode !== 0) throw new Error(`"${line}" ended with ${String(exitCode)}: ${stdout}${stderr}`);
  return stdout.trim();
}
