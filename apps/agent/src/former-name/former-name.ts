import { setTimeout as sleep } from 'node:timers/promises';

import { isHostName } from '@raftainer/cluster';

import { messageOf } from '../agent-error.js';
import { endGuards, guardProcesses } from '../guard/guard-processes.js';
import { GUARD_NAMES } from '../guard/protocol.js';
import { readMachine } from '../presence/machine.js';
import { ownNode } from '../presence/own-node.js';
import { readStored, SESSION_FILE } from '../presence/session-memory.js';
import { removeSecretsOf } from '../secrets/open-secrets-folder.js';
import { clearCluster, leaveDiscovery } from './clear-cluster.js';
import { clearEngine } from './clear-engine.js';
import { afterRename } from './renamed.js';

import type { Config } from '../config/config.js';
import type { StateDir } from '../presence/state-dir.js';
import type { StoredSessions } from '../presence/session-memory.js';
import type { RenameFacts, RenameStep } from './renamed.js';
import type { Cluster } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { Docker } from '@raftainer/docker';
import type { Logger } from '@raftainer/logger';

/** What leaving a former name behind needs. */
export interface FormerNameOptions {
  readonly config: Pick<Config, 'host' | 'consul' | 'lease' | 'secrets'>;
  readonly consul: ConsulClient;
  readonly docker: Docker;
  readonly cluster: Cluster;
  readonly stateDir: Pick<StateDir, 'path' | 'read'>;
  readonly logger: Logger;
}

const RETRY_MS = 1_000;

/**
 * A host that is called otherwise than in its last run: what it left under that name goes, before anything is done under the
 * new one. Everything is found by the host's name, so nobody would ever look at it again, and its networks and guards would
 * be in the way. Guards keep the claims until nothing of it runs; then others may have the slots at once.
 */
export class FormerName {
  readonly #options: FormerNameOptions;
  #told = '';
  /** Since when sessions live that nobody here keeps. */
  #aliveSince: number | undefined;
  #begun = false;

  constructor(options: FormerNameOptions) {
    this.#options = options;
  }

  /** Resolves once nothing stands in the way of the present name, or the signal aborts. Engine and Consul may be absent for as long as they like. */
  async clear(signal: AbortSignal): Promise<void> {
    const isEnding = (): boolean => signal.aborted;
    while (!isEnding()) {
      try {
        if (await this.#tryClear(signal)) return;
      } catch (error: unknown) {
        if (isEnding()) return;
        // A Consul that did not answer starts every session's time over.
        this.#aliveSince = undefined;
        this.#tell(`it cannot be cleared away yet (${messageOf(error)})`);
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #tryClear(signal: AbortSignal): Promise<boolean> {
    const stored = readStored(await this.#options.stateDir.read(SESSION_FILE));
    if (stored === undefined || !isHostName(stored.host)) return true;
    if (stored.host === this.#options.config.host) return true;
    const facts = await this.#facts(stored, signal);
    const step = afterRename(facts);
    if (step.kind === 'clear') await this.#clear(stored, signal);
    else if (step.kind === 'wait') this.#tell(step.why);
    else if (step.kind === 'leave') return this.#leave(stored, step);
    return step.kind !== 'wait';
  }

  async #facts(stored: StoredSessions, signal: AbortSignal): Promise<RenameFacts> {
    const { config, consul, docker, cluster } = this.#options;
    const sessions = [stored.exclusive, stored.shared].filter((id) => id !== undefined);
    const infos = await Promise.all(sessions.map((id) => consul.sessions.info(id, { signal })));
    const alive = infos.find((info) => info !== undefined);
    const isKeptHere = this.#begun || (await this.#isKeptHere(alive?.node, signal));
    this.#aliveSince =
      alive === undefined || isKeptHere ? undefined : (this.#aliveSince ?? performance.now());
    const holder = (await cluster.hosts.get(stored.host, { signal }))?.session;
    return {
      stored,
      host: config.host,
      machine: await readMachine(docker),
      holder: holder === undefined ? 'nobody' : sessions.includes(holder) ? 'last run' : 'another',
      isAlive: alive !== undefined,
      isKeptHere,
      waitedMs: performance.now() - (this.#aliveSince ?? performance.now()),
      // Consul ends a session that is not renewed at twice its TTL (measured).
      patienceMs: 2 * config.lease.sessionTtlMs + 2_000,
    };
  }

  /** The embedded Consul is in this state directory. Of any other, guards that live here keep what is of its own node. */
  async #isKeptHere(node: string | undefined, signal: AbortSignal): Promise<boolean> {
    const { config, consul } = this.#options;
    if (config.consul.kind === 'embedded') return true;
    if (this.#guards().length === 0) return false;
    const own = await ownNode(consul, signal);
    return node === undefined || own === undefined || own === node;
  }

  async #clear(stored: StoredSessions, signal: AbortSignal): Promise<void> {
    const { config, stateDir, logger, docker } = this.#options;
    const { host } = config;
    const former = stored.host;
    const message = `This host was called ${former} before: what it left under that name is stopped and removed (named volumes stay), then it goes on as ${host}`;
    if (!this.#begun) logger.warn({ former }, message);
    this.#begun = true;
    const options = { ...this.#options, stored, host, signal };
    const services = await leaveDiscovery(options);
    // Without guards nobody proves the claims of what is exclusive.
    const isProven = config.consul.kind === 'embedded' || this.#guards().length > 0;
    const fenced = isProven ? {} : { fencedMs: config.lease.stopTimeoutMs };
    const engine = await clearEngine({ docker, host: former, signal, ...fenced });
    await removeSecretsOf(former, config.secrets.directory);
    // Nothing is left for them to guard. Those that come guard the new name.
    for (const name of GUARD_NAMES) await endGuards({ stateDir: stateDir.path, name });
    const claims = await clearCluster(options);
    const done = `Nothing is left of ${former}; its slots are free for every host`;
    logger.info({ former, ...engine, services, claims }, done);
  }

  /** Guards of the former name would go on with it, whatever they are told of another: they end by their own rules. */
  #leave(stored: StoredSessions, step: RenameStep & { readonly kind: 'leave' }): boolean {
    const { config, logger } = this.#options;
    const { host: former } = stored;
    if (this.#guards().length > 0) {
      this.#tell(`${step.why}; its guards are waited for, who stop its exclusive containers`);
      return false;
    }
    const context = { code: 'AGENT_FORMER_NAME_LEFT', former };
    const message = `This host was called ${former} before, and what it left under that name is left alone: ${step.why}. It goes on as ${config.host}. ${step.byHand ? byHand(former) : 'Every host needs a HOSTNAME and a state directory of its own.'}`;
    logger.error(context, message);
    return true;
  }

  #guards(): readonly unknown[] {
    const { path: stateDir } = this.#options.stateDir;
    return GUARD_NAMES.flatMap((name) => guardProcesses({ stateDir, name }));
  }

  /** Once per reason, not once per try. */
  #tell(why: string): void {
    if (why === this.#told) return;
    this.#told = why;
    const message = `This host had another name before, and takes the new one once that is sorted out: ${why}`;
    this.#options.logger.warn({}, message);
  }
}

function byHand(former: string): string {
  return (
    'If it is not in use, remove it: ' +
    `docker rm -f $(docker ps -aq --filter label=raftainer.host=${former}); ` +
    `docker network prune -f --filter label=raftainer.host=${former}; ` +
    `consul kv delete raftainer/hosts/${former}`
  );
}
