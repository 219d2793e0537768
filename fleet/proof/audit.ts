import { LABELS } from '@raftainer/planner';
import { eventually } from '@raftainer/testing';

import type { Fleet } from '../harness/fleet.js';
import type { FleetHost } from '../harness/fleet-host.js';
import type { Claim, Host } from '@raftainer/cluster';
import type { ContainerSummary, NetworkSummary } from '@raftainer/docker';

const CONVERGED_TIMEOUT_MS = 150_000;
const ENGINE_TIMEOUT_MS = 5_000;

/** A slot that has to run, such as `web/0`. */
type SlotName = string;

/** What an engine has of ours. */
interface Inventory {
  readonly host: FleetHost;
  readonly containers: readonly ContainerSummary[];
  readonly networks: readonly NetworkSummary[];
}

/**
 * Everything in which the fleet differs from its definitions, in words; empty when there is nothing. Asks Consul and the
 * engines, and no agent: every slot runs once, on the host that holds it, and nothing else of ours is anywhere.
 *
 * @throws when Consul or an engine does not answer: a failed read says nothing about the fleet.
 */
export async function audit(fleet: Fleet): Promise<readonly string[]> {
  const [wanted, claims, hosts, inventories] = await Promise.all([
    wantedSlots(fleet),
    fleet.cluster.claims.list(),
    fleet.cluster.hosts.list(),
    Promise.all(fleet.hosts.map(inventoryOf)),
  ]);
  return [
    ...hosts.filter(({ session }) => session === undefined).map(({ host }) => `${host} is not present`),
    ...[...wanted].flatMap((slot) => slotProblems(slot, claims, inventories)),
    ...claims
      .filter((claim) => isStray(claim, wanted))
      .map((claim) => `${nameOf(claim)} is held for nothing`),
    ...claims.flatMap((claim) => claimProblems(claim, hosts)),
    ...inventories.flatMap((inventory) => orphans(inventory, claims, wanted)),
  ];
}

/** Waits until {@link audit} finds nothing. @throws Error with what it still finds after two and a half minutes. */
export async function untilConverged(fleet: Fleet): Promise<void> {
  const attempt = async (): Promise<void> => {
    const problems = await audit(fleet);
    if (problems.length > 0) throw new Error(`The fleet has not converged:\n  ${problems.join('\n  ')}`);
  };
  await eventually(attempt, { timeoutMs: CONVERGED_TIMEOUT_MS, intervalMs: 250 });
}

async function wantedSlots({ cluster, hosts }: Fleet): Promise<ReadonlySet<SlotName>> {
  const { pods } = await cluster.pods.list();
  return new Set(
    pods.flatMap(({ name, result }) => {
      if (!result.ok) return [];
      const count = result.pod.kind === 'system' ? hosts.length : result.pod.instances;
      return Array.from({ length: count }, (_, index) => `${name}/${index}`);
    }),
  );
}

async function inventoryOf(host: FleetHost): Promise<Inventory> {
  const labels = { [LABELS.host]: host.name };
  const options = { labels, timeoutMs: ENGINE_TIMEOUT_MS };
  const [containers, networks] = await Promise.all([
    host.docker.containers.list(options),
    host.docker.networks.list(options),
  ]);
  return { host, containers, networks };
}

function slotProblems(
  slot: SlotName,
  claims: readonly Claim[],
  inventories: readonly Inventory[],
): readonly string[] {
  const holder = claims.find((claim) => nameOf(claim) === slot && claim.session !== undefined)?.info?.host;
  if (holder === undefined) return [`${slot} is held by nobody`];
  const runsOn = inventories.flatMap(({ host, containers }) =>
    containers
      .filter((each) => slotOf(each.labels) === slot && each.state === 'running')
      .map(() => host.name),
  );
  if (runsOn.length === 1 && runsOn[0] === holder) return [];
  return [`${slot} is held by ${holder} and runs on ${runsOn.join(', ') || 'no host'}`];
}

function isStray(claim: Claim, wanted: ReadonlySet<SlotName>): boolean {
  return claim.session !== undefined && !wanted.has(nameOf(claim));
}

/** Every session that holds a claim is that of the host which the claim names. */
function claimProblems(claim: Claim, hosts: readonly Host[]): readonly string[] {
  if (claim.session === undefined) return [];
  const sessions = hosts.find(({ host }) => host === claim.info?.host)?.record?.sessions;
  if (sessions?.exclusive === claim.session || sessions?.shared === claim.session) return [];
  return [`${nameOf(claim)} is held by a session that ${claim.info?.host ?? 'no host'} does not have`];
}

/** What is left of slots that run elsewhere or nowhere. */
function orphans(
  { host, containers, networks }: Inventory,
  claims: readonly Claim[],
  wanted: ReadonlySet<SlotName>,
): readonly string[] {
  const held = new Set(
    claims
      .filter(({ session, info }) => session !== undefined && info?.host === host.name)
      .map(nameOf)
      .filter((slot) => wanted.has(slot)),
  );
  const left = [
    ...containers.map(({ name, labels }) => ({ what: `container ${name}`, slot: slotOf(labels) })),
    ...networks.map(({ name, labels }) => ({ what: `network ${name}`, slot: slotOf(labels) })),
  ];
  return left
    .filter(({ slot }) => !held.has(slot))
    .map(({ what }) => `${what} is left on ${host.name}, which does not hold its slot`);
}

function nameOf({ pod, index }: Pick<Claim, 'pod' | 'index'>): SlotName {
  return `${pod}/${index}`;
}

function slotOf(labels: Readonly<Record<string, string>>): SlotName {
  return `${labels[LABELS.pod] ?? ''}/${labels[LABELS.index] ?? ''}`;
}
