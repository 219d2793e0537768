import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { access, mkdtemp, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createDocker } from '@raftainer/docker';
import { eventually, uniqueName } from '@raftainer/testing';

import { ensureTestImage } from '../../../../scripts/image.mjs';

import type { ChildProcess } from 'node:child_process';

/** A second Docker engine, for days on which it is stopped, killed or frozen. */
export interface PrivateEngine {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** Starts the daemon and waits until it answers. */
  start(): Promise<void>;
  /** Ends the daemon; its containers run on, as with a package upgrade (`live-restore`). */
  stop(): Promise<void>;
  /** Power loss: the daemon and all containers are gone at once. */
  kill(): Promise<void>;
  /** The daemon stops in the middle of whatever it does; its containers run on. */
  freeze(): void;
  thaw(): void;
  /** Everything of it is removed. */
  remove(): Promise<void>;
}

/** Why there can be no private engine here; undefined when there can be one. */
export async function privateEngineObstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'an engine of its own needs Linux';
  if (process.getuid?.() !== 0) return 'an engine of its own needs root';
  const folders = (process.env.PATH ?? '').split(':');
  for (const program of ['dockerd', 'nsenter', 'unshare']) {
    const found = await Promise.all(folders.map((folder) => exists(join(folder, program))));
    if (!found.includes(true)) return `an engine of its own needs ${program} on PATH`;
  }
  return undefined;
}

/** Makes a {@link PrivateEngine} that runs and has the test image. It is not started when `started` is false. */
export async function createPrivateEngine(): Promise<PrivateEngine> {
  const engine = new NamespacedEngine(await mkdtemp(join(tmpdir(), 'raftainer-engine-')));
  await engine.start();
  await ensureTestImage({ host: engine.host });
  return engine;
}

/**
 * It lives in a network and a mount namespace that a small process keeps open: its networks, firewall rules and mounts
 * meet nobody else's, and are gone with its last process.
 */
class NamespacedEngine implements PrivateEngine {
  readonly host: string;
  readonly #folder: string;
  /** In the environment of its processes and the control group of its containers: how they are found. */
  readonly #mark = uniqueName('raftainer-engine');
  #keeper: ChildProcess | undefined;
  #daemon: ChildProcess | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.host = `unix://${join(folder, 'docker.sock')}`;
  }

  async start(): Promise<void> {
    const keeper = (this.#keeper ??= await this.#openNamespaces());
    await rm(join(this.#folder, 'pid'), { force: true });
    const daemon = spawn(
      'nsenter',
      [
        `--net=/proc/${String(keeper.pid)}/ns/net`,
        `--mount=/proc/${String(keeper.pid)}/ns/mnt`,
        'dockerd',
      ].concat(
        ['--data-root', join(this.#folder, 'data'), '--exec-root', join(this.#folder, 'run')],
        ['--pidfile', join(this.#folder, 'pid'), '--host', this.host, '--cgroup-parent', `/${this.#mark}`],
        ['--live-restore', '--shutdown-timeout', '1'],
      ),
      { stdio: ['ignore', 'ignore', 'pipe'], env: this.#environment() },
    );
    daemon.stderr.pipe(createWriteStream(join(this.#folder, 'log'), { flags: 'a' }));
    this.#daemon = daemon;
    await this.#untilAnswers();
  }

  async stop(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon?.exitCode !== null || daemon.signalCode !== null) return;
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
  }

  async kill(): Promise<void> {
    // What is killed may be starting something else: until nothing is found.
    await eventually(
      async () => {
        const pids = await this.#processes();
        for (const pid of pids) killQuietly(pid);
        return pids.length === 0;
      },
      { timeoutMs: 30_000 },
    );
  }

  freeze(): void {
    this.#daemon?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#daemon?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.kill();
    this.#keeper?.kill('SIGKILL');
    for (const controller of await readdir('/sys/fs/cgroup')) {
      await removeGroup(join('/sys/fs/cgroup', controller, this.#mark));
    }
    await removeGroup(join('/sys/fs/cgroup', this.#mark));
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, RAFTAINER_TEST_ENGINE: this.#mark };
  }

  async #openNamespaces(): Promise<ChildProcess> {
    // A containerd of the machine is hidden, so that the daemon starts its own; `cat` ends with this process.
    const script =
      'if [ -d /run/containerd ]; then mount -t tmpfs none /run/containerd; fi; ip link set lo up; echo ready; exec cat';
    const keeper = spawn('unshare', ['--net', '--mount', '--propagation', 'private', 'sh', '-c', script], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(keeper.stdout, 'data');
    return keeper;
  }

  async #untilAnswers(): Promise<void> {
    const docker = createDocker({ host: this.host });
    try {
      await eventually(
        async () => {
          await docker.ping({ timeoutMs: 2_000 });
        },
        { timeoutMs: 60_000, intervalMs: 200 },
      );
    } catch (error: unknown) {
      const log = await readFile(join(this.#folder, 'log'), 'utf8').catch(() => '');
      throw new Error(`The private engine does not answer. Its log ends:\n${log.slice(-2_000)}`, {
        cause: error,
      });
    } finally {
      docker.close();
    }
  }

  /** Of the daemon, its containerd and shims (by their environment) and its containers (by their control group). */
  async #processes(): Promise<readonly number[]> {
    const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const ours = await Promise.all(
      names.map(async (name) => {
        const [environment, groups] = await Promise.all(
          ['environ', 'cgroup'].map((file) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')),
        );
        const marked = environment?.includes(`RAFTAINER_TEST_ENGINE=${this.#mark}`) === true;
        return marked || groups?.includes(this.#mark) === true ? [Number(name)] : [];
      }),
    );
    return ours.flat();
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** A control group goes with its children first; one that is not there is no error. */
async function removeGroup(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeGroup(join(path, entry.name));
  await rmdir(path).catch(() => undefined);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
