import { slotRefOf } from '@raftainer/pod-spec';
import { LABELS } from '@raftainer/planner';

import { ContainerFiles } from './container-files.js';
import { Holdings } from './holdings.js';
import { SecretTender } from './secret-tender.js';
import { slotSecretsView } from './slot-secrets-view.js';

import type { HoldingsOptions } from './holdings.js';
import type { SecretsFolder } from './secrets-folder.js';
import type { SlotClaim } from './slot-claim.js';
import type { SlotHolding } from './slot-holding.js';
import type { NeedValue } from './slot-values.js';
import type { LaneContext } from '../act/lane-context.js';
import type { ContainerSecrets, Plan, SlotSecretsView, Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What a container that is to be made is given. */
export interface CreationSecrets {
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
  readonly values: readonly NeedValue[];
}

/** Secrets and files of this host's pods, from Vault into the containers. Values are in memory and in the folder only. */
export class Secrets {
  readonly #holdings: Holdings;
  readonly #tender: SecretTender;
  readonly #files: ContainerFiles;

  constructor(options: HoldingsOptions) {
    this.#holdings = new Holdings(options);
    this.#tender = new SecretTender(this.#holdings);
    this.#files = new ContainerFiles(options.docker);
  }

  /** What the next observation is to know. */
  views(): ReadonlyMap<SlotId, SlotSecretsView> {
    const { kv, ledger, options } = this.#holdings;
    const world = { kv, splayMs: options.splayMs, leftovers: (id: SlotId) => ledger?.leftovers(id) ?? 0 };
    return new Map(this.#holdings.all().map((holding) => [holding.id, slotSecretsView(holding, world)]));
  }

  /** Follows what a cycle decided: keeps what is used, and gives back what is not. Returns at once. */
  follow(plan: Plan, snapshot: Snapshot, isBusy: (id: SlotId) => boolean): void {
    this.#tender.follow(plan, snapshot, isBusy);
  }

  /** Ends all renewals and looks; nothing is given back, since the pods go on. */
  async close(): Promise<void> {
    await this.#tender.close();
  }

  /** Has the secrets of containers at hand. @throws AgentError, naming pod, container, path and key. */
  async resolve(containers: readonly ContainerSecrets[], lane: LaneContext): Promise<void> {
    await this.#holdings.of(lane.id).resolve(containers, claimOf(lane), lane.signal);
  }

  /** What a container is made with: its files are written, so that they can be mounted. */
  async forCreation(secrets: ContainerSecrets, lane: LaneContext): Promise<CreationSecrets> {
    const holding = this.#holdings.of(lane.id);
    if (!holding.values.has(secrets)) await holding.resolve([secrets], claimOf(lane), lane.signal);
    const values = holding.values.of(secrets);
    const variables = values.filter(({ need }) => need.file === undefined);
    const environment = Object.fromEntries(
      variables.map(({ need, value }) => [need.target.name, value.toString()]),
    );
    if (secrets.files.length === 0) return { environment, mounts: [], values: variables };
    const folder = await this.#holdings.options.folder();
    const where = { slot: lane.slot, container: secrets.container };
    // What an earlier container had is not this one's.
    await folder.remove(where);
    await this.#files.write(folder, where, { secrets, values });
    return { environment, mounts: folder.mounts(where, secrets.files), values: variables };
  }

  /** Remembers what a container was made with. */
  async created(
    { container }: ContainerSecrets,
    { id, values }: { readonly id: string; readonly values: readonly NeedValue[] },
    lane: LaneContext,
  ): Promise<void> {
    await this.#holdings.of(lane.id).give(container, id, values);
  }

  /**
   * Writes the files of a container before it starts. While Vault gives nothing, those that it had stay: they are the last
   * good ones.
   */
  async beforeStart(secrets: ContainerSecrets, name: string, lane: LaneContext): Promise<void> {
    if (secrets.files.length === 0) return;
    const holding = this.#holdings.of(lane.id);
    const folder = await this.#holdings.options.folder();
    const where = { slot: lane.slot, container: secrets.container };
    const values = await this.#latestOrLast(holding, secrets, { folder, lane });
    if (values === undefined) return;
    const { docker } = this.#holdings.options;
    const { id } = await docker.containers.inspect(name, { signal: lane.signal });
    await this.#files.write(folder, where, { secrets, values, container: id });
    await holding.give(secrets.container, id, values);
  }

  /** Rewrites the files of a running container that may change while it runs, and signals it where that is asked for. */
  async refresh(secrets: ContainerSecrets, id: string, lane: LaneContext): Promise<void> {
    const holding = this.#holdings.of(lane.id);
    const { folder, state, docker } = this.#holdings.options;
    const given = holding.given(secrets.container)?.digests ?? {};
    const values = holding.values
      .of(secrets)
      .filter(({ need, value }) => need.effect === 'refresh' && given[need.key] !== state.digest(value));
    const where = { slot: lane.slot, container: secrets.container };
    await this.#files.write(await folder(), where, { secrets, values, container: id });
    for (const signal of signalsOf(values)) await docker.containers.kill(id, signal, { signal: lane.signal });
    await holding.give(secrets.container, id, values);
  }

  /**
   * Gives back what a slot had, before its claim goes. Copies that still run, because another host takes the slot over
   * first, keep theirs until they have stopped.
   */
  async release(lane: LaneContext, { session, forget, isDead }: SlotRelease): Promise<void> {
    const holding = this.#holdings.find(lane.id);
    if (holding !== undefined && session !== undefined && (isDead || !(await this.#isRunning(lane))))
      await this.#giveBack(holding, { ...claimOf(lane), session });
    if (forget) await this.#holdings.ledger?.forget(slotRefOf(lane.id));
  }

  async #giveBack(holding: SlotHolding, claim: SlotClaim): Promise<void> {
    const { hadFiles } = holding;
    await this.#tender.giveBack(holding, claim);
    if (hadFiles) await (await this.#holdings.options.folder()).removeSlot(claim.slot);
  }

  async #isRunning({ slot, signal }: LaneContext): Promise<boolean> {
    const { docker, host } = this.#holdings.options;
    const labels = { [LABELS.host]: host, [LABELS.pod]: slot.pod, [LABELS.index]: String(slot.index) };
    return (await docker.containers.list({ labels, signal, all: false })).length > 0;
  }

  /** Undefined: what is in the folder is to stay. */
  async #latestOrLast(
    holding: SlotHolding,
    secrets: ContainerSecrets,
    { folder, lane }: { readonly folder: SecretsFolder; readonly lane: LaneContext },
  ): Promise<readonly NeedValue[] | undefined> {
    const where = { slot: lane.slot, container: secrets.container };
    const isThere = async (path: string): Promise<boolean> =>
      (await folder.read(where, secrets.files, path)) !== undefined;
    const present = await Promise.all(secrets.files.map(({ path }) => isThere(path)));
    const files = { ...secrets, environment: {} };
    const isFirstStart = lane.containerIds.has(secrets.container);
    if (!holding.values.has(files)) {
      if (present.every(Boolean) && !isFirstStart) return undefined;
      await holding.resolve([files], claimOf(lane), lane.signal);
    }
    try {
      return holding.values.of(files);
    } catch (error: unknown) {
      if (present.every(Boolean) && !isFirstStart) return undefined;
      throw error;
    }
  }
}

/** How a slot is given up. */
interface SlotRelease {
  /** Absent: the claim is not held. */
  readonly session?: string;
  readonly forget: boolean;
  /** Nothing of it lives here, as is known without asking the engine. */
  readonly isDead: boolean;
}

function claimOf({ id, slot, epoch = 0, session = '' }: LaneContext): SlotClaim {
  return { id, slot, epoch, session };
}

function signalsOf(values: readonly NeedValue[]): ReadonlySet<string> {
  return new Set(
    values.flatMap(({ need }) =>
      need.file?.onChange.action === 'signal' ? [need.file.onChange.signal] : [],
    ),
  );
}
