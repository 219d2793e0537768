import { readFileSync, readlinkSync } from 'node:fs';

/** The kernel counts 100 of these in a second, whatever its own clock does. */
const TICK_MS = 10;

/** When a process began, in ticks since the machine did; with its id it tells it from all others. Undefined when it is gone. */
export function startTicks(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command, in parentheses, may contain anything; after it the fields are separated by spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // One that is dead, but not asked after by its parent, is gone as well.
    return /^[ZX]/.test(fields[0] ?? '') ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}

/** When a process began, in milliseconds since the epoch, a hundredth of a second early at most and never late. Undefined when it is gone. */
export function startedAtMs(pid: number): number | undefined {
  const ticks = startTicks(pid);
  if (ticks === undefined) return undefined;
  const uptimeMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  // Both readings are cut off to a tick.
  return Date.now() - uptimeMs + (ticks - 1) * TICK_MS;
}

/**
 * Whether it is the container runtime, which has not become the container's program yet: `runc init`, from its file or from
 * the copy in memory that it runs from. One without a file is dead, and waits to be asked after.
 */
export function isRuntime(pid: number): boolean {
  try {
    return /[/:]runc/.test(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return true;
  }
}
