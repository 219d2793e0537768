import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process, told apart from a later one that was given the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Its start in clock ticks since boot, field 22 of `/proc/PID/stat` (proc(5)). */
  readonly startTicks: string;
}

/** Who has a process id now; undefined when nobody has, or where there is no `/proc`. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]];
    if (startTicks === undefined || state === 'Z' || state === 'X') return undefined;
    return { pid, startTicks };
  } catch {
    return undefined;
  }
}

/**
 * The processes in the control groups of these containers, by the id of the container, which every engine has in the
 * group's path (cgroups(7), `/proc/PID/cgroup`). Empty where there is no `/proc`, or another's.
 */
export function processesOf(
  containers: ReadonlySet<string>,
): ReadonlyMap<string, readonly ProcessIdentity[]> {
  const found = new Map<string, ProcessIdentity[]>();
  for (const pid of containers.size === 0 ? [] : processIds()) {
    const id = containerOf(pid);
    const identity = id !== undefined && containers.has(id) ? identify(pid) : undefined;
    if (id === undefined || identity === undefined) continue;
    found.set(id, [...(found.get(id) ?? []), identity]);
  }
  return found;
}

/** The ids of all containers of which any process lives, whoever's they are. */
export function livingContainers(): ReadonlySet<string> {
  const living = processIds().flatMap((pid) => {
    const id = containerOf(pid);
    return id === undefined || identify(pid) === undefined ? [] : [id];
  });
  return new Set(living);
}

/** The initial PID namespace has this number on every Linux (`PROC_PID_INIT_INO` of the kernel). */
const INITIAL_PIDS = 'pid:[4026531836]';

/** Whether this process sees all processes of the machine; false where it cannot tell. */
export function seesAllProcesses(): boolean {
  try {
    return (
      readlinkSync('/proc/self/ns/pid') === INITIAL_PIDS && readFileSync('/proc/1/cgroup', 'utf8') !== ''
    );
  } catch {
    return false;
  }
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** In whose control group a process is. */
export function containerOf(pid: number): string | undefined {
  try {
    return /[0-9a-f]{64}/.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[0];
  } catch {
    return undefined;
  }
}

/** Whether this very process still lives. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return identify(pid)?.startTicks === startTicks;
}

/** Sends SIGKILL, if it is still the same process. One that may not be signalled is left to Docker. */
export function killProcess(identity: ProcessIdentity): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, 'SIGKILL');
  } catch {
    // Not allowed, or gone in between: whether it lives is looked at again.
  }
}
