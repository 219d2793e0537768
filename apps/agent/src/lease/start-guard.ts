import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { endGuards } from '../guard/guard-processes.js';
import { guardFiles } from '../guard/protocol.js';

import type { GuardPlace } from '../guard/guard-processes.js';
import type { Logger } from '@raftainer/logger';

/** What starting a guard needs. */
export interface StartGuardOptions extends GuardPlace {
  readonly version: string;
  readonly logger: Logger;
}

const SOURCE = import.meta.url.endsWith('.ts');
const GUARD_MAIN = fileURLToPath(new URL(SOURCE ? '../guard.ts' : './guard.js', import.meta.url));

/** Starts a guard where none answers: whatever lives there of an earlier one ends first. */
export async function startGuard({ stateDir, name, version, logger }: StartGuardOptions): Promise<void> {
  // Its socket goes, so it must not stay: nobody could ever tell it anything again.
  await endOtherGuards({ stateDir, name, logger });
  await rm(guardFiles(stateDir, name).socket, { force: true });
  const loader = SOURCE ? process.execArgv : [];
  // In a session of its own, so that nothing that ends the agent ends it as well.
  const child = spawn(process.execPath, [...loader, GUARD_MAIN, stateDir, name, version], {
    // A loader is found from where the agent was started; nothing else should keep a folder busy.
    cwd: SOURCE ? process.cwd() : '/',
    // By this a later agent knows whose guard it is, wherever the state directory came from.
    env: { ...process.env, RAFTAINER_STATE_DIR: stateDir },
    detached: true,
    stdio: 'ignore',
  });
  child.on('error', (error) => {
    logger.error(
      { error, guard: name },
      'The guard cannot be started; exclusive pods are guarded without it',
    );
  });
  child.unref();
}

/** Ends guards of this name and state directory that no agent can reach. */
export async function endOtherGuards(
  { stateDir, name, logger }: GuardPlace & Pick<StartGuardOptions, 'logger'>,
  keep?: number,
): Promise<void> {
  const pids = await endGuards({ stateDir, name }, keep);
  if (pids.length > 0)
    logger.warn(
      { guard: name, pids },
      'A guard of an earlier run could not be reached any more; it was killed',
    );
}
