import { readFile } from 'node:fs/promises';

/** What a process has used so far. */
export interface ProcessUsage {
  /** User and system time of all its threads, in milliseconds. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** The unit of times in /proc, which Linux fixes at 100 per second for user space (proc(5), USER_HZ). */
const MS_PER_TICK = 10;

/** Reads /proc; undefined where there is none. */
export async function usageOf(pid: number): Promise<ProcessUsage | undefined> {
  try {
    const [stat, status] = await Promise.all(
      ['stat', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
    );
    // The second field is the command in brackets, in which anything may stand.
    const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
    const [user, system] = [fields[11], fields[12]];
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status ?? '')?.[1];
    return { cpuMs: (Number(user) + Number(system)) * MS_PER_TICK, residentBytes: Number(resident) * 1024 };
  } catch (error: unknown) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
