/** Real Consul servers for the tests, each with ports and data of its own. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
import { endChild } from './processes.mjs';

/**
 * Starts a real single Consul server on loopback, and resolves once it has a leader.
 *
 * Ports that are not given are free ones of this machine. `restart()` keeps ports and data folder.
 * A data folder that was not given is made under the temporary folder; `stop()` and `kill()` remove it.
 *
 * @param {object} options
 * @param {string} options.binary path from `ensureConsul`
 * @param {string} [options.dataDir] kept when given
 * @param {{ http?: number, server?: number, serfLan?: number }} [options.ports]
 * @param {Record<string, unknown>} [options.config] merged over the server's configuration (ACLs, limits, TLS…)
 * @param {number} [options.timeoutMs] for start-up, 30 s
 * @returns {Promise<ConsulServer>} host, port, address, pid, stop(), kill(), restart()
 */
export async function startConsulServer({ binary, dataDir, ports = {}, config = {}, timeoutMs = 30_000 }) {
  const ownDir = dataDir === undefined;
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'raftainer-consul-')));
  await mkdir(folder, { recursive: true });
  const server = new ConsulServer({ binary, folder, ownDir, ports, config, timeoutMs });
  try {
    await server.start();
  } catch (error) {
    await server.kill();
    throw error;
  }
  return server;
}

/** Running servers. One that a failed test forgot must not outlive its process. */
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

class ConsulServer {
  host = '127.0.0.1';
  port = 0;
  #options;
  #ports;
  /** It ran before, on these ports. */
  #known = false;
  #child;

  constructor(options) {
    this.#options = options;
  }

  get address() {
    return `http://${this.host}:${this.port}`;
  }

  get pid() {
    return this.#child?.pid;
  }

  async start() {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#launch();
        this.#known = true;
        return;
      } catch (error) {
        // Another process may have taken a port between our choosing and Consul's binding it.
        const portTaken = /address already in use/.test(error.message);
        if (!portTaken || attempt === 5) throw error;
        // Where clients know it, a server has to come back.
        if (!this.#known) this.#ports = undefined;
      }
    }
  }

  async #launch() {
    const { binary, folder, ports, config, timeoutMs } = this.#options;
    this.#ports ??= await choosePorts(ports);
    this.port = this.#ports.http;
    const file = join(folder, 'server.json');
    await writeFile(file, JSON.stringify({ ...serverConfig(this.#ports, folder), ...config }));
    const child = spawn(binary, ['agent', `-config-file=${file}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-16_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => keep(String(error)));
    this.#child = child;
    children.add(child);
    child.once('exit', () => children.delete(child));
    const deadline = Date.now() + timeoutMs;
    while (
      !(await isReady(this.address, { serverPort: this.#ports.server, acl: config.acl !== undefined }))
    ) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
        throw new Error(`Consul ended while starting: ${output.trim().split('\n').slice(-5).join(' | ')}`);
      }
      if (Date.now() > deadline) {
        throw new Error(
          `Consul had no leader after ${timeoutMs} ms: ${output.trim().split('\n').slice(-5).join(' | ')}`,
        );
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** Graceful: SIGTERM, and SIGKILL after 10 s. */
  async stop() {
    await this.#end('SIGTERM');
    await this.#clean();
  }

  /** Like a crash. */
  async kill() {
    await this.#end('SIGKILL');
    await this.#clean();
  }

  /** Stops and starts with the same ports and data; `whileDown` runs in between. */
  async restart({ signal = 'SIGTERM', whileDown } = {}) {
    await this.#end(signal);
    await whileDown?.();
    await this.start();
  }

  async #end(signal) {
    if (this.#child !== undefined) await endChild(this.#child, signal);
  }

  async #clean() {
    if (this.#options.ownDir) await rm(this.#options.folder, { recursive: true, force: true });
  }
}

function serverConfig(ports, folder) {
  return {
    server: true,
    bootstrap_expect: 1,
    node_name: `test-${ports.http}`,
    data_dir: join(folder, 'data'),
    bind_addr: '127.0.0.1',
    client_addr: '127.0.0.1',
    log_level: 'warn',
    disable_update_check: true,
    ui: false,
    leave_on_terminate: false,
    skip_leave_on_interrupt: true,
    ports: {
      http: ports.http,
      server: ports.server,
      serf_lan: ports.serfLan,
      serf_wan: -1,
      dns: -1,
      grpc: -1,
      https: -1,
    },
    // One local server: an election needs no patience.
    performance: { raft_multiplier: 1 },
    // One test process plays many clients; the default is 200 connections per address.
    limits: { http_max_conns_per_client: 2000 },
  };
}

/** Whether the server at `address` leads, and is ours: another one may sit on a port that was given. */
async function isReady(address, { serverPort, acl }) {
  try {
    const response = await fetch(`${address}/v1/status/leader`, { signal: AbortSignal.timeout(2_000) });
    const leader = await response.text();
    if (!response.ok || !leader.includes(`:${serverPort}"`)) return false;
    // With ACLs the catalogue looks empty to a stranger.
    if (acl) return true;
    // The node is in the catalogue only after its server took office; services need it there.
    const nodes = await fetch(`${address}/v1/catalog/nodes`, { signal: AbortSignal.timeout(2_000) });
    return nodes.ok && (await nodes.text()).includes('"Node"');
  } catch {
    return false;
  }
}

async function choosePorts(given) {
  const [http, server, serfLan] = await Promise.all([freePort(), freePort(), freePort()]);
  return { http, server, serfLan, ...given };
}
