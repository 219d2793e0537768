import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { AgentError, messageOf } from '../agent-error.js';
import { fileLayout } from './file-layout.js';
import { openPrivateMemory } from './open-private-memory.js';

import type { Owner } from './owner.js';
import type { FilePlan } from '@raftainer/planner';
import type { SlotRef } from '@raftainer/pod-spec';

/** A container's files here. */
export interface ContainerFolder {
  readonly slot: SlotRef;
  readonly container: string;
}

/** A file with its content. */
export interface FileContent {
  readonly plan: FilePlan;
  readonly content: Buffer;
  /** Absent while it is not known yet: the agent's own. */
  readonly owner?: Owner;
}

/**
 * The files of this host's containers, in memory and for their owner only: `{root}/{host}/{pod}/{index}/{container}/`. The
 * engine mounts them from here, so it has to see the same folder.
 */
export class SecretsFolder {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /**
   * Opens the folder of a host, and creates it.
   *
   * @throws AgentError `AGENT_SECRETS_DIR_UNUSABLE` when it is not in memory, not its owner's alone, or not to be written.
   */
  static async open(directory: string, host: string): Promise<SecretsFolder> {
    const root = join(directory, host);
    try {
      await openPrivateMemory(directory, root);
    } catch (error: unknown) {
      const message = `The folder ${directory} cannot hold the files of pods: ${messageOf(error)}. Mount a tmpfs there with the mode 0700, or name another folder in RAFTAINER_SECRETS_DIR.`;
      throw new AgentError('AGENT_SECRETS_DIR_UNUSABLE', message, { cause: error, retryable: true });
    }
    return new SecretsFolder(root);
  }

  /** What a container mounts. */
  mounts(
    folder: ContainerFolder,
    files: readonly FilePlan[],
  ): readonly { readonly source: string; readonly target: string }[] {
    const base = this.#pathOf(folder);
    return fileLayout(files).mounts.map(({ source, target }) => ({ source: join(base, source), target }));
  }

  /** Writes files, each replaced at once: a reader sees the old content or the new one. */
  async write(
    folder: ContainerFolder,
    layoutOf: readonly FilePlan[],
    files: readonly FileContent[],
  ): Promise<void> {
    const base = this.#pathOf(folder);
    const { places, folders } = fileLayout(layoutOf);
    await mkdir(base, { recursive: true, mode: 0o700 });
    for (const each of folders) await openToReaders(join(base, each));
    for (const file of files) {
      const place = join(base, places.get(file.plan.path) ?? '');
      await makeParents(base, place);
      // Beside what is mounted, so that nobody sees it half written.
      const temporary = join(base, `.${randomBytes(6).toString('hex')}.tmp`);
      await writeTemporary(temporary, file);
      await rename(temporary, place);
    }
  }

  /** Content of a file as it was last written; undefined when there is none. */
  async read(
    folder: ContainerFolder,
    layoutOf: readonly FilePlan[],
    path: string,
  ): Promise<Buffer | undefined> {
    const place = fileLayout(layoutOf).places.get(path);
    if (place === undefined) return undefined;
    return readFile(join(this.#pathOf(folder), place)).catch(() => undefined);
  }

  /** Removes all of a slot. */
  async removeSlot({ pod, index }: SlotRef): Promise<void> {
    await rm(join(this.root, pod, String(index)), { recursive: true, force: true });
  }

  /** The containers that have files here, and were given none for a while; whatever else is in the folder is not ours, and left alone. */
  async list(idleMs: number): Promise<readonly ContainerFolder[]> {
    const found: ContainerFolder[] = [];
    for (const slot of await this.#slots()) {
      for (const container of await foldersIn(join(this.root, slot.pod, String(slot.index))))
        if (await this.#isIdle({ slot, container }, idleMs)) found.push({ slot, container });
    }
    return found;
  }

  /** Removes the files of a container. */
  async remove(folder: ContainerFolder): Promise<void> {
    await rm(this.#pathOf(folder), { recursive: true, force: true });
  }

  async #slots(): Promise<readonly SlotRef[]> {
    const pods = await foldersIn(this.root);
    const slots = await Promise.all(
      pods.map(async (pod) =>
        (await foldersIn(join(this.root, pod)))
          .filter((index) => /^(?:0|[1-9]\d{0,8})$/.test(index))
          .map((index) => ({ pod, index: Number(index) })),
      ),
    );
    return slots.flat();
  }

  async #isIdle(folder: ContainerFolder, idleMs: number): Promise<boolean> {
    const { mtimeMs } = await stat(this.#pathOf(folder));
    return Date.now() - mtimeMs > idleMs;
  }

  #pathOf({ slot, container }: ContainerFolder): string {
    return join(this.root, slot.pod, String(slot.index), container);
  }
}

async function makeParents(base: string, place: string): Promise<void> {
  const parent = dirname(place);
  if (parent === base) return;
  await makeParents(base, parent);
  await openToReaders(parent);
}

/** Mounted directories are entered by the container's user; what is above them here is closed to all but the agent. */
async function openToReaders(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
}

async function writeTemporary(path: string, { plan, content, owner }: FileContent): Promise<void> {
  const file = await open(path, 'wx', 0o400);
  try {
    await file.writeFile(content);
    // The owner first: changing it takes bits away.
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    await file.chmod(plan.mode);
  } catch (error: unknown) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}
