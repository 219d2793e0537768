import { messageOf } from '../agent-error.js';

import type { Docker } from '@raftainer/docker';

/** What an engine that was killed in the middle of a start says to every later one: the container is of no more use. */
const STUCK = /\btask\b.*\balready exists\b/;

/** Starts a container. One that the engine can never start again is removed, so that the next cycle makes another. */
export async function startContainer(
  name: string,
  { docker, signal }: { readonly docker: Docker; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await docker.containers.start(name, { signal });
  } catch (error: unknown) {
    if (STUCK.test(messageOf(error)))
      await docker.containers.remove(name, { signal, force: true, volumes: true });
    throw error;
  }
}
