import { checkIdOf, heldClaims, LABELS } from '@raftainer/planner';
import { revisionOf, slotIdOf, slotRefOf } from '@raftainer/pod-spec';

import { steadyNow } from '../clock.js';
import { probeTargets, undefinedContainers } from '../health/probe-targets.js';
import { completeClaims } from './complete-claims.js';
import { missingAreGone } from './confirm-missing.js';
import { servicesOf } from './services-of.js';
import { claimView, claimViews, containerView, networkView, podView, serviceView } from './views.js';

import type { Registrations } from '../health/registrations.js';
import type { ClaimRewinds } from './claim-rewinds.js';
import type { Fleet } from './fleet.js';
import type { HostNetwork } from './host-network.js';
import type { Rewinds, SeenDefinitions } from './rewinds.js';
import type { Records } from './watched-records.js';
import type { Doubts } from './doubts.js';
import type { KnownDefinitions } from '../health/probe-targets.js';
import type { Prober } from '../health/prober.js';
import type { Claim, PodList, PodRecord } from '@raftainer/cluster';
import type { AgentService, ConsulClient } from '@raftainer/consul';
import type { ContainerSummary, Docker } from '@raftainer/docker';
import type {
  BusyView,
  ClaimView,
  ContainerView,
  FailureView,
  HostView,
  PodView,
  ServiceView,
  SessionsView,
  Snapshot,
} from '@raftainer/planner';
import type { SlotId, SlotRef } from '@raftainer/pod-spec';

/** Where the observer looks. */
export interface ObserverSources {
  readonly records: Records;
  /** Reads a single definition; throws when it may not be read. */
  readonly podExists: (pod: string, signal: AbortSignal) => Promise<boolean>;
  /** Reads a single claim; throws when it may not be read. */
  readonly claim: (slot: SlotRef, signal: AbortSignal) => Promise<Claim | undefined>;
  readonly consul: ConsulClient;
  readonly docker: Docker;
  readonly host: () => Promise<HostView>;
  readonly network: () => Promise<HostNetwork>;
  /** Throws while there is no session: without one nothing can be claimed, so nothing is decided. */
  readonly sessions: () => SessionsView;
  readonly busy: () => ReadonlyMap<SlotId, BusyView>;
  readonly failures: () => ReadonlyMap<SlotId, FailureView>;
  readonly teardownFailures: () => ReadonlyMap<SlotId, FailureView>;
  readonly secrets: () => Snapshot['secrets'];
  readonly prober: Prober;
  readonly doubts: Doubts;
  readonly rewinds: Rewinds;
  readonly claimRewinds: Pick<ClaimRewinds, 'see'>;
  readonly fleet: Fleet;
  readonly stopping: () => boolean;
  readonly registrations: Registrations;
  /** Whether it is known how a slot's check stands, so that its service can be registered anew without a blink. */
  readonly knowsCheck: (checkId: string) => boolean;
}

/** Reads a whole snapshot, or throws. */
export class Observer {
  readonly #sources: ObserverSources;
  #revisions: ReadonlyMap<string, { readonly index: number; readonly revision: string }> = new Map();

  constructor(sources: ObserverSources) {
    this.#sources = sources;
  }

  async observe(signal: AbortSignal): Promise<Snapshot> {
    const { records, consul, docker, host } = this.#sources;
    const sessions = this.#sources.sessions();
    // Before anything is read: what is worked on meanwhile may be seen half done.
    const busy = this.#sources.busy();
    const hostName = (await host()).name;
    const [hostView, podList, claimList, listed, networks, services, hostNetwork] = await Promise.all([
      host(),
      records.pods.get(signal),
      records.claims.get(signal),
      docker.containers.list({ labels: { [LABELS.host]: hostName }, signal }),
      docker.networks.list({ signal }),
      consul.services.list({ filter: servicesOf(hostName), signal }),
      this.#sources.network(),
    ]);
    const pods = this.#podViews(podList.pods);
    const { prober, doubts, claimRewinds } = this.#sources;
    const summaries = await doubts.settle(listed, { signal });
    this.#track(summaries, { pods, applied: appliedRevisions(claimList.claims) });
    const containers = summaries.flatMap((one) => containerView(one, prober.healthOf(one.id)) ?? []);
    const claimsBySlot = await this.#completed(claimList.claims, containers, signal);
    const known = { now: steadyNow(), sessions, pods, claims: claimsBySlot, containers };
    const gone = await missingAreGone({
      ...known,
      exists: (pod) => this.#sources.podExists(pod, signal),
    });
    return {
      ...known,
      claimsInDoubt: claimRewinds.see(claimList, sessions, known.now),
      ...this.#remembered(),
      host: hostView,
      definitionsInDoubt: (await this.#sources.rewinds.inDoubt(seenIn(podList))) || !gone,
      fleet: await this.#sources.fleet.view({ ...known, signal }),
      networks: networks.map((network) => networkView(network, hostName)),
      services: this.#serviceViews(services, hostName),
      busy,
      listening: hostNetwork.listening,
      routes: hostNetwork.routes,
      images: isEditing(known) ? await this.#images(signal) : new Map(),
    };
  }

  /** What is known without asking anybody. */
  #remembered(): Pick<Snapshot, 'stopping' | 'failures' | 'teardownFailures' | 'secrets'> {
    const { stopping, failures, teardownFailures, secrets } = this.#sources;
    return {
      stopping: stopping(),
      failures: failures(),
      teardownFailures: teardownFailures(),
      secrets: secrets(),
    };
  }

  #track(containers: readonly ContainerSummary[], known: KnownDefinitions): void {
    const targets = probeTargets(containers, known);
    this.#sources.prober.track(targets, undefinedContainers(containers, known));
  }

  async #completed(
    claims: readonly Claim[],
    containers: readonly ContainerView[],
    signal: AbortSignal,
  ): Promise<Snapshot['claims']> {
    const read = async (slot: SlotRef): Promise<ClaimView | undefined> => {
      const claim = await this.#sources.claim(slot, signal);
      return claim === undefined ? undefined : claimView(claim);
    };
    return completeClaims(claimViews(claims), { containers, read });
  }

  #serviceViews(services: readonly AgentService[], host: string): readonly ServiceView[] {
    const { registrations, knowsCheck } = this.#sources;
    registrations.saw(services.map(({ id }) => id));
    const isStale = (id: string): boolean => registrations.isStale(id) && knowsCheck(checkIdOf(id));
    return services
      .flatMap((service) => serviceView(service, host) ?? [])
      .map((view) => (isStale(view.id) ? { ...view, stale: true } : view));
  }

  #podViews(records: readonly PodRecord[]): ReadonlyMap<string, PodView> {
    const revisions = new Map<string, { readonly index: number; readonly revision: string }>();
    const revision = (record: PodRecord): string => {
      const known = this.#revisions.get(record.name);
      const fresh = known?.index === record.modifyIndex ? known.revision : hashOfPod(record);
      revisions.set(record.name, { index: record.modifyIndex, revision: fresh });
      return fresh;
    };
    const views = new Map(records.map((record) => [record.name, podView(record, revision)]));
    this.#revisions = revisions;
    return views;
  }

  async #images(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const images = await this.#sources.docker.images.list({ signal });
    return new Map(
      images.flatMap((image) => [...image.tags, ...image.digests].map((name) => [name, image.id] as const)),
    );
  }
}

/** Image ids matter only while a changed definition is applied; see the planner's `compareContainer`. */
function isEditing(known: Pick<Snapshot, 'pods' | 'claims' | 'sessions'>): boolean {
  return [...heldClaims(known)].some(([id, { revision }]) => {
    const pod = known.pods.get(slotRefOf(id).pod);
    return pod?.state === 'valid' && revision !== undefined && pod.revision !== revision;
  });
}

function appliedRevisions(claims: readonly Claim[]): ReadonlyMap<SlotId, string> {
  return new Map(
    claims.flatMap((claim) =>
      claim.info === undefined ? [] : [[slotIdOf(claim), claim.info.revision] as const],
    ),
  );
}

function seenIn({ index, pods }: PodList): SeenDefinitions {
  return { index, names: pods.map(({ name }) => name) };
}

function hashOfPod(record: PodRecord): string {
  return record.result.ok ? revisionOf(record.result.pod) : '';
}
