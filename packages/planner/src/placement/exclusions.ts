import { evaluate } from '@raftainer/constraints';

import { movesByItself } from '../moving-facts.js';
import { portInUse } from '../ports.js';
import { resourceRequest } from '../resource-request.js';
import { usableGpus } from '../usable-gpus.js';

import { isAbout } from './placement-world.js';

import type { HostBooks } from './host-books.js';
import type { DefinedPod, PeerView, PodRefusal } from './placement-world.js';
import type { Demand } from './demand.js';
import type { HostFacts, RuleFailure } from '@raftainer/constraints';

/** What is asked about a host. */
export interface ExclusionQuestion {
  readonly books: HostBooks;
  readonly host: number;
  readonly defined: DefinedPod;
  readonly demand: Demand;
}

/** Every rule that keeps a slot of the pod off a host, with what it requires and what there is; empty for none. */
export function exclusions(question: ExclusionQuestion): readonly RuleFailure[] {
  const peer = question.books.hosts[question.host];
  if (peer === undefined) return [];
  return [
    ...stateFailures(peer),
    ...(peer.facts === undefined ? [] : factFailures(question, peer.facts)),
    ...portFailures(question),
    ...peer.refusals.filter((refusal) => isAbout(refusal, question.defined)).flatMap(refusalFailures),
  ];
}

function stateFailures({
  name,
  present,
  draining,
  facts,
  engineDownSince,
}: PeerView): readonly RuleFailure[] {
  const failures: RuleFailure[] = [];
  if (!present)
    failures.push(state('host-present', true, `${name} is not present: its agent holds no session`));
  if (draining) failures.push(state('host-draining', false, `${name} is draining: it takes nothing new`));
  if (engineDownSince !== undefined) {
    const since = `the Docker engine of ${name} has not answered since ${engineDownSince}`;
    failures.push(state('host-engine', true, since));
  }
  if (facts === undefined) failures.push(state('host-record', true, `the record of ${name} cannot be read`));
  return failures;
}

function state(rule: string, required: boolean, message: string): RuleFailure {
  return { rule, attribute: rule, operator: '=', required, actual: !required, message };
}

function factFailures(
  { books, host, defined, demand }: ExclusionQuestion,
  facts: HostFacts,
): readonly RuleFailure[] {
  const { cpu, memoryBytes, gpus } = books.used(host);
  const constraints = defined.pod.constraints.filter((constraint) => !movesByItself(constraint));
  const resources = resourceRequest(defined.pod);
  const devices = usableGpus(facts.gpus);
  return [
    ...evaluate({ constraints, resources }, { facts, allocated: { cpu, memoryBytes } }).failures,
    ...demand.gpuRequests.flatMap(
      (request) =>
        evaluate({ constraints: [], resources: { gpus: request } }, { facts: { ...facts, gpus: devices } })
          .failures,
    ),
    ...(demand.gpus > devices.length - gpus ? [tooFewGpus(demand.gpus, devices.length, gpus)] : []),
  ];
}

function tooFewGpus(wanted: number, all: number, taken: number): RuleFailure {
  return {
    rule: 'gpus',
    attribute: 'available.gpus',
    operator: '>=',
    required: wanted,
    actual: all - taken,
    message: `gpus: ${wanted} requested by the containers together, ${all - taken} available (${all} in all, ${taken} taken)`,
  };
}

function portFailures({ books, host, demand }: ExclusionQuestion): readonly RuleFailure[] {
  return books.takenPorts(host, demand).map((port) => ({
    rule: 'host-port',
    attribute: 'hostPort',
    operator: 'free',
    required: port,
    actual: 'another slot',
    message: portInUse(port, 'another slot'),
  }));
}

/** A verdict without a failed rule is about the definition itself. */
function refusalFailures({ failures, problems = [] }: PodRefusal): readonly RuleFailure[] {
  const told = [...failures, ...problems.map((message) => refused('definition', message))];
  return told.length > 0 ? told : [refused('verdict', 'the host refuses it without a reason')];
}

function refused(rule: string, message: string): RuleFailure {
  return { rule, attribute: rule, operator: '=', required: 'accepted', actual: 'refused', message };
}
