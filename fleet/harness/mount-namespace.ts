import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { run, succeeds } from './run-command.js';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/**
 * A namespace in which an engine mounts what it likes: nothing of it is seen outside, and all of it is gone with the last
 * process and {@link remove}. A containerd of the machine is hidden, so that the engine starts its own.
 */
export class MountNamespace {
  /** For `nsenter --mount=`. */
  readonly file: string;
  readonly #bootId: string;

  /** `folder` is made by {@link prepareNamespaces}. */
  constructor(folder: string, name: string) {
    this.file = join(folder, name);
    this.#bootId = join(folder, `${name}.boot-id`);
  }

  async create(): Promise<void> {
    writeFileSync(this.file, '');
    writeFileSync(this.#bootId, `${randomUUID()}\n`);
    const script = [
      'if [ -d /run/containerd ]; then mount -t tmpfs none /run/containerd; fi',
      // So that a program can tell a reboot from a restart.
      `mount --bind "$0" ${BOOT_ID}`,
    ].join(' && ');
    await run('unshare', `--mount=${this.file}`, '--propagation', 'slave', 'sh', '-ec', script, this.#bootId);
  }

  /** Lets go of it; its processes have to be gone. */
  async remove(): Promise<void> {
    await succeeds('umount', this.file);
    rmSync(this.file, { force: true });
  }
}

/** Makes the folder that holds the namespaces of a fleet: a file can hold one only where mounts stay private. */
export async function prepareNamespaces(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', folder);
  await run('mount', '--make-private', folder);
}

/** Lets go of all of them; safe when they are gone. */
export async function removeNamespaces(folder: string): Promise<void> {
  if (existsSync(folder)) await succeeds('umount', '--recursive', '--lazy', folder);
}
