import { setMaxListeners } from 'node:events';

import { heldClaims, plan } from '@raftainer/planner';

import { Complaints } from './complaints.js';
import { createActor, createObserver, layFoundation } from './composition.js';
import { fencedContainers } from './lease/fenced-containers.js';
import { FormerName } from './former-name/former-name.js';
import { runLoop } from './loop.js';
import { Pulse } from './pulse.js';
import { watchConsul, watchDocker } from './watches.js';

import type { Actor } from './act/actor.js';
import type { AgentParts, Foundation } from './composition.js';
import type { TokenTrouble } from './presence/token-watch.js';
import type { LoopParts } from './loop.js';
import type { Plan, Snapshot } from '@raftainer/planner';

/** How an agent ends: its pods go on for the next run to take up, or they stop too. */
export interface StopOptions {
  readonly pods: 'keep' | 'stop';
}

/** Not 0, Node's word for "no limit": `getMaxListeners` of Node 20 fails on a target that has it. */
const MANY_LISTENERS = 10_000;

/** A running agent. */
export class Agent {
  readonly #foundation: Foundation;
  readonly #actor: Actor;
  readonly #ending = new AbortController();
  readonly #drained = new Pulse();
  #stopping = false;
  /** Settles when the agent cannot go on (rejects with the reason) or has been stopped. */
  readonly finished: Promise<void>;

  constructor(parts: AgentParts) {
    // Every call of a cycle listens to it, side by side.
    setMaxListeners(MANY_LISTENERS, this.#ending.signal);
    this.#foundation = layFoundation(parts);
    this.#actor = createActor(this.#foundation);
    this.finished = this.#run();
  }

  /**
   * Has the claims of this host kept for so long, whatever becomes of the agent meanwhile.
   *
   * @throws AgentError `AGENT_NO_SESSION`.
   */
  hold(forMs: number): void {
    this.#foundation.presence.hold(forMs);
  }

  /** What is wrong with what this agent needs, which it cannot tell through Consul. */
  trouble(): { readonly host: string; readonly consulToken?: TokenTrouble } {
    const { config, tokenWatch } = this.#foundation;
    const consulToken = tokenWatch.trouble;
    return { host: config.host, ...(consulToken === undefined ? {} : { consulToken }) };
  }

  async stop({ pods }: StopOptions): Promise<void> {
    const { presence, wake, heartbeats } = this.#foundation;
    if (pods === 'stop') {
      this.#stopping = true;
      wake.request();
      await this.#drained.next(this.#ending.signal);
      await presence.release();
      await heartbeats.leave();
    }
    await this.#end();
    await this.finished;
  }

  /** Leaves everything as it is, and no timer behind that would keep the process. */
  async #end(): Promise<void> {
    const { presence, heartbeats, prober, secrets } = this.#foundation;
    // While the guard still listens: it keeps the claims for the next run.
    presence.detach();
    this.#ending.abort();
    await this.#actor.close();
    heartbeats.close();
    prober.close();
    await secrets.close();
  }

  async #run(): Promise<void> {
    const { presence, wake, lease, engine, settings } = this.#foundation;
    const { signal } = this.#ending;
    await new FormerName(this.#foundation).clear(signal);
    const watch = { ...this.#foundation, signal };
    const parts = [
      runLoop(this.#loopParts(), wake, signal),
      presence.run(signal),
      this.#foundation.tokenWatch.run(signal),
      lease.run(signal),
      engine.run(this.#actor, signal),
      ...(settings === undefined ? [] : [settings.run(signal)]),
      watchDocker(watch),
      watchConsul(watch),
    ];
    try {
      await Promise.all(parts);
    } catch (error: unknown) {
      // What cannot go on takes the rest with it; the pods stay.
      await this.#end();
      await Promise.allSettled(parts);
      throw error;
    }
  }

  #loopParts(): LoopParts {
    const { logger, heartbeats, engine, blocked, onCycle } = this.#foundation;
    const observer = createObserver(this.#foundation, this.#actor, () => this.#stopping);
    const complaints = new Complaints(logger);
    return {
      observe: (signal) => observer.observe(signal),
      plan,
      act: (decision, snapshot) => {
        this.#act(decision, snapshot);
      },
      onFailure: (error) => {
        heartbeats.suspend();
        engine.doubt();
        blocked.failed(error);
        complaints.failed(error);
      },
      onSuccess: (times) => {
        complaints.succeeded();
        blocked.succeeded();
        onCycle?.(times);
      },
    };
  }

  #act(decision: Plan, snapshot: Snapshot): void {
    const { heartbeats, reporter, lease, secrets, engine } = this.#foundation;
    engine.saw(snapshot);
    lease.saw(snapshot.sessions.exclusive, fencedContainers(snapshot));
    this.#actor.act(decision, snapshot);
    heartbeats.update(decision.health);
    secrets.follow(decision, snapshot, (id) => this.#actor.busy().has(id));
    if (!snapshot.stopping) reporter.publish(decision, heldClaims(snapshot));
    else if (decision.wakeAt === undefined && this.#actor.busy().size === 0) this.#drained.beat();
  }
}
