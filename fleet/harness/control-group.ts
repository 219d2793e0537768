import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = '/sys/fs/cgroup';
const FREEZER = join(ROOT, 'freezer');
const POLL_MS = 5;
const TIMEOUT_MS = 30_000;

/** Where groups are made that can be frozen: the freezer of version 1, or the one tree of version 2. */
export interface FreezerTree {
  readonly root: string;
  readonly version: 1 | 2;
}

/** The tree of this machine; undefined where there is none. */
export function freezerTree(): FreezerTree | undefined {
  if (existsSync(join(FREEZER, 'cgroup.procs'))) return { root: FREEZER, version: 1 };
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return { root: ROOT, version: 2 };
  return undefined;
}

/**
 * A control group that holds every process of a host, those of its containers too, so that all of them can be frozen and
 * killed as one. Processes live in `daemons` and `containers` below it: version 2 wants none in a group with children.
 */
export class ControlGroup {
  /** Below the root of the tree, such as `/raftainer-fleet-1a2b/host-1`. */
  readonly name: string;
  readonly #tree: FreezerTree;

  constructor(tree: FreezerTree, name: string) {
    this.#tree = tree;
    this.name = name;
  }

  /** For the engine's `--cgroup-parent`. */
  get containers(): string {
    return `${this.name}/containers`;
  }

  /** Folder in which each container has one, named after its id. */
  get containersFolder(): string {
    return join(this.#path, 'containers');
  }

  /** A process that writes its id here belongs to the host from then on, with all that it starts. */
  get entrance(): string {
    return join(this.#path, 'daemons', 'cgroup.procs');
  }

  /** Makes the group; one that is there is left as it is. */
  create(): void {
    for (const part of ['daemons', 'containers']) mkdirSync(join(this.#path, part), { recursive: true });
  }

  /** Ids of all processes. */
  processes(): readonly number[] {
    return foldersBelow(this.#path).flatMap(processesIn);
  }

  /** Stops every process where it is; resolves when all of them stand still. */
  async freeze(): Promise<void> {
    if (this.#tree.version === 1) {
      // A group that gains processes while it freezes has to be told again.
      await until('frozen', () => {
        this.#write('freezer.state', 'FROZEN');
        return this.#read('freezer.state').trim() === 'FROZEN';
      });
      return;
    }
    this.#write('cgroup.freeze', '1');
    await until('frozen', () => this.#read('cgroup.events').includes('frozen 1'));
  }

  /** Lets them go on, but for what was frozen by itself: a container, by its agent. */
  thaw(): void {
    this.#thawFolder(this.#path);
  }

  /** Kills every process at one moment: frozen first, none can start another or clean up after itself. */
  async kill(): Promise<void> {
    await until('killed', async () => {
      if (this.processes().length === 0) return true;
      await this.freeze();
      for (const pid of this.processes()) killQuietly(pid);
      for (const folder of foldersBelow(this.#path)) this.#thawFolder(folder);
      return false;
    });
  }

  /** Removes the group, and what the engine made under its name for other controllers. All processes have to be gone. */
  async remove(): Promise<void> {
    const controllers = await readdir(ROOT);
    for (const path of ['', ...controllers].map((each) => join(ROOT, each, this.name)))
      await removeFolder(path);
    await removeFolder(this.#path);
  }

  get #path(): string {
    return join(this.#tree.root, this.name);
  }

  #thawFolder(folder: string): void {
    const [file, text] = this.#tree.version === 1 ? ['freezer.state', 'THAWED'] : ['cgroup.freeze', '0'];
    writeFileSync(join(folder, file), text);
  }

  #read(file: string): string {
    return readFileSync(join(this.#path, file), 'utf8');
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.#path, file), text);
  }
}

/** Ids of the processes in one folder, without those below; empty when it does not exist. */
export function processesIn(folder: string): readonly number[] {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    // Groups come and go with their containers.
    return [];
  }
}

/** Names of the groups in a folder; empty when it does not exist. */
export function groupsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The folder and all below it, the outermost first. */
function foldersBelow(folder: string): readonly string[] {
  return [folder, ...groupsIn(folder).flatMap((name) => foldersBelow(join(folder, name)))];
}

async function removeFolder(path: string): Promise<void> {
  if (!existsSync(path)) return;
  for (const name of groupsIn(path)) await removeFolder(join(path, name));
  // The kernel takes a moment to let go of the last process.
  await until(`removed (${path})`, () =>
    rmdir(path).then(
      () => true,
      () => !existsSync(path),
    ),
  );
}

async function until(what: string, done: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!(await done())) {
    if (performance.now() > deadline)
      throw new Error(`A control group is not ${what} after ${TIMEOUT_MS / 1000} s.`);
    await sleep(POLL_MS);
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
