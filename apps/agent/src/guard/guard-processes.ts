import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { identify, isAlive, killProcess } from './process-identity.js';

import type { GuardName } from './protocol.js';
import type { ProcessIdentity } from './process-identity.js';

/** Whose guards are meant. */
export interface GuardPlace {
  readonly stateDir: string;
  readonly name: GuardName;
}

const ENDS_WITHIN_MS = 1_000;
const POLL_MS = 20;

/**
 * Kills the guards of this name and state directory, but for the one that is kept, and resolves with who they were once
 * they are gone. A guard acts in an agent's name, so one that no agent reaches any more must not live: an earlier version
 * of it, or one whose socket was taken from it.
 */
export async function endGuards(place: GuardPlace, keep?: number): Promise<readonly number[]> {
  const others = guardProcesses(place).filter(({ pid }) => pid !== keep);
  others.forEach(killProcess);
  for (let waitedMs = 0; waitedMs < ENDS_WITHIN_MS && others.some(isAlive); waitedMs += POLL_MS)
    await sleep(POLL_MS);
  return others.map(({ pid }) => pid);
}

/** The living guards of this name and state directory; none where there is no `/proc`. */
export function guardProcesses(place: GuardPlace): readonly ProcessIdentity[] {
  try {
    const folder = fileId(place.stateDir);
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return pids.filter((pid) => isGuard(pid, place.name, folder)).flatMap((pid) => identify(pid) ?? []);
  } catch {
    return [];
  }
}

/**
 * Its own title or command line names it; of which state directory it is tells the environment that its agent gave it, and
 * that it is the very same folder and not one of that name in another container, the file system. In doubt it is another's.
 */
function isGuard(pid: number, name: GuardName, folder: string): boolean {
  try {
    if (statSync(`/proc/${pid}`).uid !== process.getuid?.()) return false;
    const args = words(pid, 'cmdline');
    const script = args.findIndex((arg) => ['guard.js', 'guard.ts'].includes(basename(arg)));
    const begins = script > 0 && args[script + 2] === name ? args[script + 1] : undefined;
    if (begins === undefined && args[0] !== `raftainer-${name}`) return false;
    const stateDir = begins ?? stateDirOf(environmentOf(pid));
    return stateDir !== undefined && fileId(join(`/proc/${pid}/root`, stateDir)) === folder;
  } catch {
    return false;
  }
}

function words(pid: number, file: 'cmdline' | 'environ'): readonly string[] {
  return readFileSync(`/proc/${pid}/${file}`, 'utf8')
    .split('\0')
    .filter((word) => word !== '');
}

function environmentOf(pid: number): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    words(pid, 'environ').map((word) => {
      const at = word.indexOf('=');
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

/** As the configuration has it, without the variables that only the agent knows. */
function stateDirOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { RAFTAINER_STATE_DIR, XDG_STATE_HOME, HOME } = environment;
  if (RAFTAINER_STATE_DIR !== undefined && RAFTAINER_STATE_DIR !== '') return RAFTAINER_STATE_DIR;
  if (process.getuid?.() === 0) return '/var/lib/raftainer';
  const home = XDG_STATE_HOME ?? (HOME === undefined ? undefined : join(HOME, '.local', 'state'));
  return home === undefined ? undefined : join(home, 'raftainer');
}

/** What tells a folder from every other of this machine, whatever it is called where. */
function fileId(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev} ${ino}`;
}
