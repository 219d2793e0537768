/** Real PostgreSQL servers for the tests, each with a port and data of its own. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.mjs';
import { libraryPath } from './postgres-package.mjs';
import { endChild } from './processes.mjs';

const run = promisify(execFile);

const USER = 'postgres';
const START_TIMEOUT_MS = 60_000;

/** Running servers. One that a failed test forgot must not outlive its process. */
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/**
 * Starts a real PostgreSQL on loopback with a superuser, and resolves once it accepts connections.
 *
 * @param {object} options
 * @param {string} options.binDir path from `ensurePostgres`
 * @param {string} [options.password] of the superuser `postgres`
 * @returns {Promise<PostgresServer>} host, port, user, password, stop(), kill(), start()
 */
export async function startPostgresServer({ binDir, password = 'test-only' }) {
  const folder = await mkdtemp(join(tmpdir(), 'raftainer-postgres-'));
  const server = new PostgresServer({ binDir, folder, password, port: await freePort() });
  try {
    await server.prepare();
    await server.start();
  } catch (error) {
    await server.kill();
    throw error;
  }
  return server;
}

class PostgresServer {
  host = '127.0.0.1';
  user = USER;
  #options;
  #child;

  constructor(options) {
    this.#options = options;
  }

  get port() {
    return this.#options.port;
  }

  get password() {
    return this.#options.password;
  }

  /** Makes the data folder. */
  async prepare() {
    const { binDir, folder, password } = this.#options;
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, password);
    const { uid, gid } = unprivileged();
    if (uid !== undefined) for (const path of [folder, passwordFile]) await chown(path, uid, gid);
    const flags = ['--username', USER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
    const settings = ['--locale', 'C', '--encoding', 'UTF8', '--no-sync'];
    await run(join(binDir, 'initdb'), ['--pgdata', join(folder, 'data'), ...flags, ...settings], {
      ...this.#process(),
      timeout: START_TIMEOUT_MS,
    });
  }

  /** Starts it, again with the same port and data after `stop({ keep: true })`. */
  async start() {
    const { binDir, folder, port } = this.#options;
    const settings = { listen_addresses: this.host, unix_socket_directories: '', fsync: 'off' };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(
      join(binDir, 'postgres'),
      ['-D', join(folder, 'data'), '-p', String(port), ...flags],
      {
        ...this.#process(),
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    this.#child = child;
    children.add(child);
    child.once('exit', () => children.delete(child));
    await accepting(child);
  }

  /** Ends it in order, cutting all connections; the data goes too unless it is to be kept. */
  async stop({ keep = false } = {}) {
    await this.#end('SIGINT');
    if (!keep) await this.#clean();
  }

  /** Like a crash. */
  async kill() {
    await this.#end('SIGQUIT');
    await this.#clean();
  }

  async #end(signal) {
    if (this.#child !== undefined) await endChild(this.#child, signal);
  }

  async #clean() {
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  #process() {
    const env = { ...process.env, ...libraryPath(this.#options.binDir), LC_ALL: 'C' };
    return { ...unprivileged(), cwd: this.#options.folder, env };
  }
}

/** PostgreSQL refuses to run as root. */
function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody');
}

async function accepting(child) {
  let output = '';
  const ready = new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      output = (output + chunk).slice(-16_000);
      if (output.includes('database system is ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () =>
      reject(
        new Error(`PostgreSQL ended while starting: ${output.trim().split('\n').slice(-5).join(' | ')}`),
      ),
    );
    setTimeout(
      () => reject(new Error('PostgreSQL did not accept connections in time')),
      START_TIMEOUT_MS,
    ).unref();
  });
  await ready;
}
