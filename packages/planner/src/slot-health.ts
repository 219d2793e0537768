import type { ContainerStep } from './container-step.js';
import type { ContainerView } from './snapshot.js';

/** The health of a slot, from its containers. */
export interface HealthSummary {
  readonly state: 'healthy' | 'running' | 'starting' | 'unhealthy' | 'down';
  readonly note: string;
}

/**
 * A slot is well when every container that should run does, and none is unhealthy or still starting.
 * `running` is `healthy` where no container has a check. "Started" is not "healthy". While an edit is still being
 * prepared (its image is being pulled, its turn has not come) the containers of the old definition serve, and count.
 */
export function slotHealth(steps: readonly ContainerStep[]): HealthSummary {
  const notes: string[] = [];
  let checked = false;
  let starting = false;
  let unhealthy = false;
  let down = false;
  for (const step of steps) {
    const { name, role } = step.desired.spec;
    if (role === 'startup') {
      // The others start after it, so whether it is done shows in them.
      if (step.need !== 'nothing' || step.current?.state === 'running')
        notes.push(`${name} has not completed`);
      continue;
    }
    const serving = servingContainer(step);
    if (serving?.state !== 'running') {
      down = true;
      notes.push(
        `${name} is ${serving === undefined ? 'not there' : describe(serving.state, serving.exitCode)}`,
      );
      continue;
    }
    checked ||= serving.health !== 'none';
    starting ||= serving.health === 'starting';
    unhealthy ||= serving.health === 'unhealthy';
    if (serving.health === 'unhealthy' || serving.health === 'starting') {
      notes.push(`${name} is ${serving.health}`);
    }
  }
  const note = notes.join(', ');
  if (down) return { state: 'down', note };
  if (unhealthy) return { state: 'unhealthy', note };
  if (starting) return { state: 'starting', note };
  return checked
    ? { state: 'healthy', note: 'all checks pass' }
    : { state: 'running', note: 'all containers run' };
}

/** Whether users of the slot are served, as far as anybody can tell. */
export function isServing(steps: readonly ContainerStep[]): boolean {
  const { state } = slotHealth(steps);
  return state === 'healthy' || state === 'running';
}

/** The container that stays; else the one that is to make way, while it still runs. */
function servingContainer({ current, replaced }: ContainerStep): ContainerView | undefined {
  return current ?? replaced.find(({ state }) => state === 'running') ?? replaced[0];
}

/** The same from the containers alone, while the definition cannot be read: what serves goes on serving. */
export function undefinedSlotHealth(containers: readonly ContainerView[]): HealthSummary {
  const serving = containers.filter((container) => container.role !== 'startup');
  const unwell = serving.filter(
    ({ state, health }) => state !== 'running' || health === 'unhealthy' || health === 'starting',
  );
  if (serving.length === 0 || unwell.length > 0) {
    return {
      state: 'down',
      note: unwell.map(({ container, state }) => `${container} is ${state}`).join(', '),
    };
  }
  return { state: 'running', note: 'all containers run; the definition cannot be used' };
}

function describe(state: string, exitCode: number | undefined): string {
  return state === 'exited' && exitCode !== undefined ? `exited with code ${exitCode}` : state;
}
