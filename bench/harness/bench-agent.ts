import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { GUARD_NAMES, guardFiles } from '../../apps/agent/src/guard/protocol.js';
import { sweepLabel } from './sweep-label.js';

import type { Ground } from './ground.js';
import type { ChildProcess } from 'node:child_process';

const PROGRAM = fileURLToPath(new URL('../../apps/agent/bin/raftainer-agent.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const KEPT_LINES = 5_000;

/** Where an agent under test finds its surroundings. */
export interface BenchAgentOptions {
  /** Part of its host name. */
  readonly name: string;
  /** `host:port` of Consul; the embedded one on that port of loopback when `embedded` is set. */
  readonly consul: { readonly host: string; readonly port: number; readonly embedded?: boolean };
  /** Default: the engine itself. */
  readonly dockerHost?: string;
  /** The pods' networks are cut from here. */
  readonly podSubnets: string;
  /** More variables of its environment, such as where Vault is. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A line of the agent's log. */
export interface LogLine {
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** An agent as users run it: the built program in a process of its own, in production mode. */
export class BenchAgent {
  readonly host: string;
  readonly #launch: () => ChildProcess;
  readonly #lines: LogLine[] = [];
  #stderr = '';
  #child: ChildProcess;
  #exit: Promise<unknown>;
  #ended = false;

  private constructor(host: string, launch: () => ChildProcess) {
    this.host = host;
    this.#launch = launch;
    this.#child = launch();
    this.#exit = this.#follow(this.#child);
  }

  /** Starts it and waits until its host is present; takes it back, with all that it made, at the end. */
  static async start(ground: Ground, options: BenchAgentOptions): Promise<BenchAgent> {
    const host = `${ground.run}-${options.name}`;
    const stateDir = await mkdtemp(join(tmpdir(), 'raftainer-bench-'));
    const env = environment(ground, { ...options, host, stateDir });
    const flags =
      ground.options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${ground.options.profile}`];
    // Detached: on Ctrl-C its pods are removed first, and it is ended then.
    const launch = (): ChildProcess =>
      spawn(process.execPath, [...flags, PROGRAM], {
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    const agent = new BenchAgent(host, launch);
    ground.cleanup.add(async () => {
      await agent.end();
      await endGuards(stateDir);
      await sweepLabel(ground.engineHost, `raftainer.host=${host}`);
      await rm(stateDir, { recursive: true, force: true });
    });
    await agent.#present(0, ground.signal);
    return agent;
  }

  /** Ends it by a signal and starts it again at once, as a supervisor does; its host is present then. */
  async restart(signal: 'SIGTERM' | 'SIGKILL', interruption: AbortSignal): Promise<void> {
    this.#child.kill(signal);
    await this.#exit;
    interruption.throwIfAborted();
    const sinceMs = Date.now();
    this.#ended = false;
    this.#child = this.#launch();
    this.#exit = this.#follow(this.#child);
    await this.#present(sinceMs, interruption);
  }

  get pid(): number {
    if (this.#child.pid === undefined || this.#ended)
      throw new Error(`The agent has ended:\n${this.#tail()}`);
    return this.#child.pid;
  }

  /** Waits for a line of its log that fits and was written after `sinceMs` (epoch). */
  async log(
    fits: (line: LogLine) => boolean,
    wait: { readonly sinceMs?: number; readonly signal: AbortSignal; readonly timeoutMs?: number },
  ): Promise<LogLine> {
    const { sinceMs = 0, signal, timeoutMs = 60_000 } = wait;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      signal.throwIfAborted();
      const found = this.#lines.find((line) => Date.parse(line.time) >= sinceMs && fits(line));
      if (found !== undefined) return found;
      if (this.#ended || performance.now() > deadline) {
        throw new Error(`The agent did not log what was waited for. Its last lines:\n${this.#tail()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Ends it; its pods stay. SIGTERM lets it write its profile. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#child.kill('SIGTERM');
    const hard = setTimeout(() => this.#child.kill('SIGKILL'), 15_000);
    await this.#exit;
    clearTimeout(hard);
  }

  async #present(sinceMs: number, signal: AbortSignal): Promise<void> {
    const isPresent = (line: LogLine): boolean => line.msg === 'This host is present in the cluster';
    await this.log(isPresent, { sinceMs, signal, timeoutMs: START_TIMEOUT_MS });
  }

  async #follow(child: ChildProcess): Promise<void> {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.#keep(line);
      });
    // A process that could not even be started has ended, too.
    await once(child, 'exit').catch(() => undefined);
    this.#ended = true;
  }

  #keep(line: string): void {
    try {
      this.#lines.push(JSON.parse(line) as LogLine);
    } catch {
      this.#stderr += `${line}\n`;
    }
    if (this.#lines.length > KEPT_LINES) this.#lines.splice(0, KEPT_LINES / 2);
  }

  #tail(): string {
    const lines = this.#lines.slice(-15).map((line) => JSON.stringify(line).slice(0, 500));
    return [...lines, this.#stderr.slice(-2_000)].join('\n');
  }
}

/** Guards outlive their agent, for half a minute, so that the next one finds its claims held; here none comes. */
async function endGuards(stateDir: string): Promise<void> {
  for (const name of GUARD_NAMES) {
    const text = await readFile(guardFiles(stateDir, name).pid, 'utf8').catch(() => '0');
    const pid = Number(text.split(' ')[0]);
    try {
      if (pid > 0) process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** What leads it to the surroundings given, and nowhere else; production mode is the absence of NODE_ENV. */
function environment(
  ground: Ground,
  options: BenchAgentOptions & { readonly host: string; readonly stateDir: string },
): NodeJS.ProcessEnv {
  const configuring = /^(RAFTAINER_|CONSUL_|VAULT_|LOG_|NODE_ENV$|HOSTNAME$)/;
  const kept = Object.entries(process.env).filter(([name]) => !configuring.test(name));
  const { consul, host, stateDir, podSubnets, dockerHost = ground.engineHost } = options;
  return {
    ...Object.fromEntries(kept),
    HOSTNAME: host,
    DOCKER_HOST: dockerHost,
    RAFTAINER_STATE_DIR: stateDir,
    RAFTAINER_POD_SUBNETS: podSubnets,
    RAFTAINER_CONSUL_PORT: String(consul.port),
    ...(consul.embedded === true ? {} : { RAFTAINER_CONSUL_HOST: consul.host }),
    ...options.environment,
  };
}
