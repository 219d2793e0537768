import { LABELS } from '@raftainer/planner';

import { AgentError } from '../agent-error.js';

import type { LaneContext } from './lane-context.js';
import type { Pulse } from '../pulse.js';
import type { ContainerHealth } from '@raftainer/planner';
import type { Docker } from '@raftainer/docker';

/** What waiting for a container needs. */
export interface AwaitTools {
  readonly docker: Docker;
  readonly host: { readonly name: string; readonly region?: string };
  /** Health by the agent's own probe; undefined for a container that is not probed. */
  readonly probedHealth: (id: string) => ContainerHealth | undefined;
  /** Beats whenever a container's health or state may have changed. */
  readonly changes: Pulse;
  /** Asks for a cycle, so that a container just started gets probed. */
  readonly wake: () => void;
}

/** Waits until a startup container has exited. Throws `AGENT_CONTAINER_FAILED` for an exit code other than 0. */
export async function awaitCompleted(name: string, context: LaneContext, tools: AwaitTools): Promise<void> {
  const id = await idOf(name, context, tools);
  const { exitCode } = await tools.docker.containers.wait(id, { signal: context.signal });
  if (exitCode === 0) return;
  const message = `Startup container ${name} of ${context.id} ended with exit code ${exitCode}; see raftainer logs ${context.id} -c ${name}.`;
  throw new AgentError('AGENT_CONTAINER_FAILED', message, { retryable: true });
}

/** Waits until a container is healthy; one without a check, until it runs. */
export async function awaitHealthy(name: string, context: LaneContext, tools: AwaitTools): Promise<void> {
  const id = await idOf(name, context, tools);
  tools.wake();
  for (;;) {
    // Taken before looking, so that a change in between is not missed.
    const changed = tools.changes.next(context.signal);
    const { state, health: dockerHealth } = await tools.docker.containers.inspect(id, {
      signal: context.signal,
    });
    const health = tools.probedHealth(id) ?? dockerHealth;
    if (state !== 'running' || health === 'unhealthy') {
      const message = `Container ${name} of ${context.id} is ${state === 'running' ? health : state}, and another one waits for it to be healthy.`;
      throw new AgentError('AGENT_DEPENDENCY_UNHEALTHY', message, { retryable: true });
    }
    if (health === 'healthy' || health === 'none') return;
    context.report(`waiting for ${name} to be healthy`);
    await changed;
  }
}

async function idOf(name: string, context: LaneContext, tools: AwaitTools): Promise<string> {
  const known = context.containerIds.get(name);
  if (known !== undefined) return known;
  const labels = {
    [LABELS.host]: tools.host.name,
    [LABELS.pod]: context.slot.pod,
    [LABELS.index]: String(context.slot.index),
    [LABELS.container]: name,
  };
  const [found] = await tools.docker.containers.list({ labels, signal: context.signal });
  if (found !== undefined) return found.id;
  throw new AgentError('AGENT_DEPENDENCY_UNHEALTHY', `Container ${name} of ${context.id} is not there.`, {
    retryable: true,
  });
}
