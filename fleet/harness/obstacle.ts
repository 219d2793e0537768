import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { freezerTree } from './control-group.js';

const PROGRAMS = ['dockerd', 'ip', 'iptables', 'mount', 'nsenter', 'unshare'];

/** Why there can be no fleet on this machine; undefined when there can be one. */
export function fleetObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'a fleet on one machine needs Linux';
  if (process.getuid?.() !== 0) return 'a fleet on one machine needs root';
  const folders = (process.env.PATH ?? '').split(':');
  const missing = PROGRAMS.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length > 0) return `a fleet on one machine needs ${missing.join(', ')} on PATH`;
  if (freezerTree() === undefined) return 'a fleet on one machine needs the freezer of the control groups';
  return undefined;
}
