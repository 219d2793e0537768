import { accessSync, constants, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the kernel has control groups: the freezer of version 1, or the one tree of version 2. */
export interface FreezerRoots {
  readonly v1: string;
  readonly v2: string;
}

const ROOTS: FreezerRoots = { v1: '/sys/fs/cgroup/freezer', v2: '/sys/fs/cgroup' };
/** How often a group is looked at until all of it stands still. What remains is inside the kernel, and stops on its way out. */
const MAX_LOOKS = 200;

/** Freezes and thaws the control group of a container, without the engine (cgroups(7), `freezer`, `cgroup.freeze`). */
export class Freezer {
  readonly #folder: string;
  readonly #version: 1 | 2;

  private constructor(folder: string, version: 1 | 2) {
    this.#folder = folder;
    this.#version = version;
  }

  /** The group of a container, by one of its processes; undefined when it has none of its own that can be frozen. */
  static of(container: string, pid: number, roots: FreezerRoots = ROOTS): Freezer | undefined {
    const lines = linesOf(pid).map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
    const group = (controller: string): string | undefined =>
      pathOf(container, lines.find((found) => found?.[1]?.split(',').includes(controller))?.[2]);
    const [v1, v2] = [group('freezer'), group('')];
    for (const freezer of [
      ...(v1 === undefined ? [] : [new Freezer(join(roots.v1, v1), 1)]),
      ...(v2 === undefined ? [] : [new Freezer(join(roots.v2, v2), 2)]),
    ])
      if (isWritable(freezer.#file)) return freezer;
    return undefined;
  }

  /** Why nothing can be frozen on this machine; undefined when it can. */
  static obstacle(roots: FreezerRoots = ROOTS): string | undefined {
    if (isWritable(join(roots.v1, 'cgroup.procs'))) return undefined;
    const isV2 = existsSync(join(roots.v2, 'cgroup.controllers'));
    if (isV2 && isWritable(join(roots.v2, 'cgroup.procs'))) return undefined;
    return isV2 || existsSync(roots.v1)
      ? `${isV2 ? roots.v2 : roots.v1} may not be written to: it takes root, and a mount that is not read-only`
      : `there is no freezer of control groups in ${roots.v2}`;
  }

  /** Whether this very group was frozen, not one above it. */
  get isFrozen(): boolean {
    const text = read(join(this.#folder, this.#version === 1 ? 'freezer.self_freezing' : 'cgroup.freeze'));
    return text?.trim() === '1';
  }

  /**
   * From now on nothing in it executes. What is inside the kernel at the moment, such as a write to a disk, completes, and
   * stops before it is back in its program. Throws when the group cannot be frozen.
   */
  freeze(): void {
    writeFileSync(this.#file, this.#version === 1 ? 'FROZEN' : '1');
    for (let looks = 0; looks < MAX_LOOKS && !this.#standsStill(); looks += 1);
  }

  thaw(): void {
    writeFileSync(this.#file, this.#version === 1 ? 'THAWED' : '0');
  }

  /**
   * Kills everything in it. Frozen, none of them can start another or clean up; with the signal there, none gets back into
   * its program when it is thawed. What the container itself has frozen would keep it from ending.
   */
  kill(): void {
    const folders = foldersFrom(this.#folder);
    for (const pid of folders.flatMap(processesIn)) killQuietly(pid);
    for (const folder of folders) new Freezer(folder, this.#version).thaw();
  }

  get #file(): string {
    return join(this.#folder, this.#version === 1 ? 'freezer.state' : 'cgroup.freeze');
  }

  #standsStill(): boolean {
    if (this.#version === 1) return read(this.#file)?.trim() !== 'FREEZING';
    return read(join(this.#folder, 'cgroup.events'))?.includes('frozen 0') !== true;
  }
}

function linesOf(pid: number): readonly string[] {
  return read(`/proc/${pid}/cgroup`)?.split('\n') ?? [];
}

/** The path of the container's own group: never one above it, which others share, nor one that it made below. */
function pathOf(container: string, path = ''): string | undefined {
  const parts = path.split('/');
  const own = parts.findIndex((part) => part.includes(container));
  return own === -1 ? undefined : parts.slice(0, own + 1).join('/');
}

function processesIn(folder: string): readonly number[] {
  return (read(join(folder, 'cgroup.procs')) ?? '').split('\n').filter(Boolean).map(Number);
}

/** The folder and all below it, the outermost first. */
function foldersFrom(folder: string): readonly string[] {
  return [folder, ...foldersIn(folder).flatMap((name) => foldersFrom(join(folder, name)))];
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return []; // It is gone with its last process.
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
