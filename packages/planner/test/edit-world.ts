import { slotIdOf } from '@raftainer/pod-spec';

import { plan } from '../src/index.js';
import { afterwards, snapshotOf, webPod } from './world.js';

import type { Action, FailureView, Plan, PodView, RelativeView, Snapshot } from '../src/index.js';
import type { SlotId } from '@raftainer/pod-spec';

type ValidPod = PodView & { readonly state: 'valid' };

/** What becomes of containers of an image; of others nothing does. */
export const UNWELL = 'unwell:1';
export const ENDS = 'ends:1';
export const ABSENT = 'absent:1';

const HOSTS = ['host-a', 'host-b', 'host-c'];
const STEP_MS = 1_000;
const ATTEMPTS = 3;

/** Work of a slot that is under way: its next actions. */
interface Lane {
  readonly revision?: string;
  readonly actions: readonly Action[];
}

interface ModelHost {
  world: Snapshot;
  readonly lanes: Map<SlotId, Lane>;
}

/** The pod of the model, made of an image. */
export function podOf(image: string, instances = 6): ValidPod {
  return webPod({ instances, containers: [{ name: 'app', image }] });
}

/** Three hosts that share the claims and read each other's statuses; work takes time, so that they meet each other half way. */
export class EditWorld {
  readonly #hosts: readonly ModelHost[];
  #claims: Snapshot['claims'];
  readonly #relatives = new Map<SlotId, RelativeView>();
  readonly #instances: number;
  #now = 1_000_000;
  /** Of the slots that served at the same moment, so far. */
  fewest: number;

  constructor(pod: ValidPod) {
    this.#instances = pod.pod.instances;
    const ids = Array.from({ length: this.#instances }, (_, index) => slotIdOf({ pod: 'web', index }));
    this.#claims = new Map(
      ids.map((id, index) => {
        const host = HOSTS[index % HOSTS.length]!;
        return [id, { session: `session-${host}`, host, epoch: 1, revision: pod.revision }];
      }),
    );
    this.#hosts = HOSTS.map((name) => {
      const empty = snapshotOf([pod]);
      const sessions = { exclusive: `session-${name}`, shared: `shared-${name}` };
      const claims = this.#claims;
      let world: Snapshot = { ...empty, host: { ...empty.host, name }, sessions, claims };
      for (const [id, { actions }] of plan(world).slots) world = afterwards(world, id, actions);
      return { world, lanes: new Map() };
    });
    // Before anything is edited the statuses of all have been published.
    this.fewest = this.#instances;
    this.rounds(1);
  }

  /** Slots that serve at the moment. */
  get serving(): number {
    const containers = this.#hosts.flatMap(({ world }) => world.containers);
    return containers.filter(({ state, health }) => state === 'running' && health !== 'unhealthy').length;
  }

  get revisions(): readonly (string | undefined)[] {
    return [...this.#claims.values()].map(({ revision }) => revision);
  }

  /** Definitions wake all hosts at once: each has looked before anybody's work goes on. */
  edit(pod: ValidPod): void {
    for (const [index, host] of this.#hosts.entries()) {
      host.world = { ...host.world, pods: new Map([['web', pod]]) };
      this.step(index, 0);
    }
  }

  /** Lets one host look, and every lane of its do so many actions. */
  step(host: number, actions = 1): Plan {
    const model = this.#hosts[host % HOSTS.length]!;
    for (const id of [...model.lanes.keys()]) {
      for (let done = 0; done < actions; done += 1) this.#work(model, id);
    }
    this.#now += STEP_MS;
    const fleet = { ...model.world.fleet, relatives: new Map(this.#relatives) };
    const busy = new Map(
      [...model.lanes].map(([id, { revision, actions: left }]) => [
        id,
        { revision, action: left[0]?.type, hostPorts: [], gpus: [] },
      ]),
    );
    model.world = { ...model.world, now: this.#now, claims: this.#claims, fleet, busy };
    model.world = { ...model.world, failures: this.#remembered(model) };
    const decided = plan(model.world);
    for (const id of decided.cancel) model.lanes.delete(id);
    this.#carryOn(model, decided);
    return decided;
  }

  /** Lets all hosts look, in turn. */
  rounds(count: number): void {
    for (let round = 0; round < count * HOSTS.length; round += 1) this.step(round, 20);
  }

  #carryOn(model: ModelHost, { slots, statuses, deaths }: Plan): void {
    for (const [id, { phase, epoch, revision }] of statuses) {
      const isWell = phase === 'healthy' || phase === 'running';
      const before = this.#relatives.get(id);
      const lasts = before?.revision === revision ? before.wellSince : undefined;
      const well = isWell ? { wellSince: lasts ?? this.#now } : {};
      this.#relatives.set(id, { epoch, revision, ...well });
    }
    for (const { slot, revision, message } of deaths) this.#fail(model, slot, { revision, message });
    for (const [id, { actions, revision }] of slots) {
      this.#retry(model, id);
      if (!model.lanes.has(id)) model.lanes.set(id, { actions, revision });
    }
  }

  #work(model: ModelHost, id: SlotId): void {
    const lane = model.lanes.get(id);
    const [action, ...rest] = lane?.actions ?? [];
    if (lane === undefined || action === undefined) {
      model.lanes.delete(id);
      return;
    }
    if (action.type === 'ensure-image' && action.image === ABSENT) {
      model.lanes.delete(id);
      this.#fail(model, id, { revision: lane.revision ?? '', message: `image ${ABSENT} not found` });
      return;
    }
    if (action.type === 'acquire-claim' && this.#claims.get(id)?.session !== undefined) {
      model.lanes.delete(id);
      return;
    }
    const world = afterwards({ ...model.world, claims: this.#claims }, id, [action]);
    this.#claims = world.claims;
    if (action.type === 'acquire-claim') this.#signClaim(id, model.world.host.name);
    model.world = { ...world, containers: world.containers.map(asItBecomes) };
    model.lanes.set(id, { ...lane, actions: rest });
    this.fewest = Math.min(this.fewest, this.serving);
  }

  #signClaim(id: SlotId, host: string): void {
    const claim = this.#claims.get(id);
    if (claim !== undefined) this.#claims = new Map([...this.#claims, [id, { ...claim, host }]]);
  }

  #fail(model: ModelHost, id: SlotId, note: Pick<FailureView, 'revision' | 'message'>): void {
    const before = model.world.failures.get(id);
    const attempts = before?.revision === note.revision ? before.attempts + 1 : 1;
    const exhausted = attempts > ATTEMPTS;
    const retryAt = this.#now + (exhausted ? 300_000 : STEP_MS);
    const failure = { ...note, attempts, exhausted, retryAt, retried: false, code: 'X' };
    model.world = { ...model.world, failures: new Map([...model.world.failures, [id, failure]]) };
  }

  /** A slot that used up its attempts is tried afresh after a while. */
  #remembered({ world }: ModelHost): Snapshot['failures'] {
    return new Map(
      [...world.failures].filter(([, { exhausted, retryAt }]) => !exhausted || retryAt > this.#now),
    );
  }

  #retry(model: ModelHost, id: SlotId): void {
    const failure = model.world.failures.get(id);
    if (failure === undefined || failure.exhausted) return;
    const failures = new Map([...model.world.failures, [id, { ...failure, retried: true }]]);
    model.world = { ...model.world, failures };
  }
}

function asItBecomes(container: Snapshot['containers'][number]): Snapshot['containers'][number] {
  if (container.state !== 'running') return container;
  if (container.image === UNWELL) return { ...container, health: 'unhealthy' };
  return container.image === ENDS ? { ...container, state: 'exited', exitCode: 1 } : container;
}
