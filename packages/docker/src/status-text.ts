import type { ContainerHealth } from './container-summary.js';

/** What the human-readable status of a container in a list tells. */
export interface StatusText {
  readonly health: ContainerHealth;
  readonly exitCode?: number;
}

const HEALTH: Readonly<Record<string, ContainerHealth>> = {
  'health: starting': 'starting',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
};

/**
 * Reads "Up 5 seconds (healthy)" and "Exited (137) 3 seconds ago": the only place where a list call of API 1.41 tells
 * health and exit code. Form: `State.String` in moby's container/state.go.
 */
export function parseStatusText(status: string): StatusText {
  const [, word = '', inside = ''] = /^(\w+).*?\(([^)]*)\)/.exec(status) ?? [];
  if (word === 'Exited') return { health: 'none', exitCode: Number(inside) };
  return { health: word === 'Up' ? (HEALTH[inside] ?? 'none') : 'none' };
}
