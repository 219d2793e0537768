import { setTimeout as sleep } from 'node:timers/promises';

import { drainSuccessors, heldClaims, LABELS } from '@raftainer/planner';
import { slotIdOf } from '@raftainer/pod-spec';

import { codeOf } from '../agent-error.js';
import { Pulse } from '../pulse.js';
import { claimViews, serviceView } from '../observe/views.js';
import { servicesOf } from '../observe/services-of.js';
import { EngineSight } from './engine-sight.js';
import { givingUp } from './giving-up.js';
import { SlotProcesses } from './slot-processes.js';
import { withoutEngine } from './without-engine.js';

import type { Actor } from '../act/actor.js';
import type { Records } from '../observe/watched-records.js';
import type { EngineSightOptions } from './engine-sight.js';
import type { HeldSlot } from './without-engine.js';
import type { Cluster, HostRecord } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { Docker } from '@raftainer/docker';
import type { Logger } from '@raftainer/logger';
import type { HeldClaim, ServiceView, SessionsView, Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What an agent needs for the time without its engine. */
export interface EngineWatchOptions extends EngineSightOptions {
  readonly host: string;
  readonly docker: Docker;
  readonly consul: ConsulClient;
  readonly cluster: Pick<Cluster, 'drains' | 'statuses'>;
  readonly records: Pick<Records, 'claims'>;
  readonly patienceMs: number;
  readonly logger: Logger;
  /** Milliseconds, by a clock that never jumps. */
  readonly clock: () => number;
  /** Throws while there is no session. */
  readonly sessions: () => SessionsView;
  /** Writes this host's record anew; false: it could not be written. */
  readonly publish: () => Promise<boolean>;
  /** Asks for a cycle. */
  readonly wake: () => void;
}

const PROBE_EVERY_MS = 1_000;
const PROBE_TIMEOUT_MS = 3_000;

/**
 * Without its engine no cycle can be observed, and so nothing is done. This is the one exception: a host whose engine is
 * gone for good says so, and gives up what is dead here, for others to run. The engine is asked only while there is a doubt.
 */
export class EngineWatch {
  readonly #options: EngineWatchOptions;
  readonly #processes: SlotProcesses;
  readonly #sight: EngineSight;
  readonly #doubts = new Pulse();
  #inDoubt = false;
  #downAt: number | undefined;
  /** What was so when the engine answered last. */
  #seen: Snapshot | undefined;
  #since = new Date();
  #isDown = false;
  #published = true;
  #told = '';

  constructor(options: EngineWatchOptions) {
    this.#options = options;
    this.#processes = new SlotProcesses(options);
    this.#sight = new EngineSight(options);
  }

  /** What the host's record says of it; nothing while all is well. */
  get record(): Pick<HostRecord, 'engine'> {
    return this.#isDown ? { engine: { state: 'down', since: this.#since.toISOString() } } : {};
  }

  /** A cycle failed, or the engine's events ended: is it there? */
  doubt(): void {
    if (this.#inDoubt) return;
    this.#inDoubt = true;
    this.#doubts.beat();
  }

  /** A cycle observed the whole. */
  saw(snapshot: Snapshot): void {
    this.#downAt = undefined;
    this.#processes.saw(snapshot);
    this.#seen = snapshot;
    if (this.#processes.canSee) void this.#sight.remember();
    const own = snapshot.fleet.peers.find(({ name }) => name === this.#options.host);
    // A record of before, out of a restored snapshot: nobody would ever count on this host again.
    if (own?.engineDownSince !== undefined && !this.#isDown) {
      this.#published = false;
      this.doubt();
    }
  }

  /** A container of the slot is about to be started. */
  starts(id: SlotId, container: string | undefined): void {
    this.#processes.starts(id, container);
  }

  /** Until the signal aborts. */
  async run(actor: Pick<Actor, 'busy' | 'giveUp'>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#inDoubt)
        await this.#look(actor, signal).catch((error: unknown) => {
          this.#options.logger.debug({ error }, 'What to do without the engine cannot be decided yet');
        });
      const pause = this.#inDoubt ? sleep(PROBE_EVERY_MS, undefined, { signal }) : this.#doubts.next(signal);
      await pause.catch(() => undefined);
    }
  }

  async #look(actor: Pick<Actor, 'busy' | 'giveUp'>, signal: AbortSignal): Promise<void> {
    const { clock, patienceMs, host, cluster } = this.#options;
    const askedAt = clock();
    const failure = await this.#probe(signal);
    if (failure === undefined) return this.#answers();
    const downMs = clock() - this.#fails(askedAt);
    await this.#declare(downMs >= patienceMs);
    const claims = await this.#claims(signal);
    const draining = (await cluster.drains.get(host, { signal })) !== undefined;
    const services = await this.#services(signal);
    if (this.#processes.isBlank) await this.#recall(claims, signal);
    // A cycle has seen the engine meanwhile, and may have started what was dead. From here on nothing is waited for.
    if (this.#isBack()) return;
    const held = this.#held([...claims.keys()], actor.busy());
    const refused = failure === 'refused';
    const { giveUp, cancel, stays } = withoutEngine({ downMs, patienceMs, refused, draining, held });
    this.#tell(stays);
    actor.giveUp(givingUp(giveUp, claims, services), cancel);
  }

  /** An agent that was started after its engine had gone: the run before it published what it saw under the same claims. */
  async #recall(claims: ReadonlyMap<SlotId, HeldClaim>, signal: AbortSignal): Promise<void> {
    if (!(await this.#sight.wasThere())) return;
    const statuses = await this.#options.cluster.statuses.list({ signal });
    const known = statuses.flatMap(({ status }) => {
      if (status === undefined || claims.get(slotIdOf(status))?.epoch !== status.epoch) return [];
      return [[slotIdOf(status), status.containers.map(({ id }) => id)] as const];
    });
    this.#processes.recall(new Map(known));
  }

  /** Since when it does not answer. */
  #fails(askedAt: number): number {
    if (this.#downAt === undefined) this.#since = new Date();
    return (this.#downAt ??= askedAt);
  }

  #isBack(): boolean {
    return this.#downAt === undefined;
  }

  #held(ids: readonly SlotId[], busy: ReadonlyMap<SlotId, unknown>): ReadonlyMap<SlotId, HeldSlot> {
    const lives = this.#processes.livesOf(ids);
    const successors = this.#seen === undefined ? new Map() : drainSuccessors(this.#seen);
    const one = (id: SlotId): HeldSlot => ({
      life: lives.get(id) ?? 'unknown',
      starting: this.#processes.isStarting(id),
      hasSuccessor: successors.has(id),
      busy: busy.has(id),
    });
    return new Map(ids.map((id) => [id, one(id)]));
  }

  /** Undefined: it answers. */
  async #probe(signal: AbortSignal): Promise<'refused' | 'silent' | undefined> {
    const { docker, host } = this.#options;
    try {
      // What a cycle asks for: an engine that answers half of it is of no use.
      const options = { signal, timeoutMs: PROBE_TIMEOUT_MS };
      await Promise.all([
        docker.containers.list({ ...options, labels: { [LABELS.host]: host } }),
        docker.networks.list(options),
      ]);
      return undefined;
    } catch (error: unknown) {
      signal.throwIfAborted();
      return isRefused(error) ? 'refused' : 'silent';
    }
  }

  async #answers(): Promise<void> {
    const { logger, wake } = this.#options;
    this.#downAt = undefined;
    this.#told = '';
    if (this.#isDown) {
      logger.info({}, 'The Docker engine answers again; this host takes part again');
      this.#isDown = false;
      this.#published = false;
    }
    this.#published ||= await this.#options.publish();
    this.#inDoubt = !this.#published;
    wake();
  }

  async #claims(signal: AbortSignal): Promise<ReadonlyMap<SlotId, HeldClaim>> {
    const { records, sessions } = this.#options;
    const { claims } = await records.claims.get(signal);
    return heldClaims({ claims: claimViews(claims), sessions: sessions() });
  }

  async #services(signal: AbortSignal): Promise<readonly ServiceView[]> {
    const { consul, host } = this.#options;
    const services = await consul.services.list({ filter: servicesOf(host), signal });
    return services.flatMap((service) => serviceView(service, host) ?? []);
  }

  /** The others are told before anything is given up: what is free then is not to be ranked for this host. */
  async #declare(isDown: boolean): Promise<void> {
    const { logger, patienceMs, publish } = this.#options;
    if (isDown && !this.#isDown) {
      this.#isDown = true;
      this.#published = false;
      logger.error({ since: this.#since.toISOString(), patienceMs }, ENGINE_DOWN);
    }
    this.#published ||= await publish();
  }

  #tell(stays: ReadonlyMap<SlotId, string>): void {
    const told = JSON.stringify([...stays]);
    if (told === this.#told) return;
    this.#told = told;
    if (stays.size > 0) this.#options.logger.warn({ slots: Object.fromEntries(stays) }, CLAIMS_STAY);
  }
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return codeOf(error) === 'DOCKER_UNAVAILABLE' && /^(?:ECONNREFUSED|ENOENT)$/.test(codeOf(cause));
}

const ENGINE_DOWN =
  'The Docker engine has not answered for too long: this host takes no slots, and gives up those of which nothing lives here. ' +
  'It takes part again when the engine answers';
const CLAIMS_STAY = 'The Docker engine does not answer; the claims of these slots are kept';
