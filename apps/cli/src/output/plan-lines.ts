import type { FieldChange } from '../plan/diff-pods.js';
import type { ClusterPlan, PodPlan, SlotPlan } from '../plan/pod-plan.js';
import type { Style } from './style.js';

/** A plan for people: each pod with its changed fields, and each slot with its host. */
export function planLines({ index, pods }: ClusterPlan, style: Style): readonly string[] {
  const changes = pods.filter(({ change }) => change !== 'unchanged').length;
  const end = changes === 0 ? 'nothing to do' : `${changes} of ${pods.length} to apply`;
  return [...pods.flatMap((pod) => podLines(pod, style)), style.dim(`${end}; as of Consul index ${index}`)];
}

/** A pod as `plan --json` prints it; the README documents the shape, and fields are only ever added. */
export function podPlanJson({
  before: _before,
  definition: _definition,
  ...pod
}: PodPlan): Readonly<Record<string, unknown>> {
  return pod;
}

function podLines(pod: PodPlan, style: Style): readonly string[] {
  const word = pod.change === 'unchanged' ? style.dim(pod.change) : style.good(pod.change);
  return [
    `${style.bold(pod.name)}  ${word}  ${style.dim(pod.source)}`,
    ...pod.impossible.map((reason) => `  ${style.bad(`no host can ever run it: ${reason}`)}`),
    ...pod.refused.map((reason) => `  ${style.bad(`the agents refuse it: ${reason}`)}`),
    ...pod.fields.map((field) => `  ${fieldLine(field)}`),
    ...pod.slots.flatMap((slot) => slotLines(slot, style)),
  ];
}

function fieldLine({ path, before, after }: FieldChange): string {
  if (before === undefined) return `+ ${path}: ${JSON.stringify(after)}`;
  if (after === undefined) return `- ${path}: ${JSON.stringify(before)}`;
  return `~ ${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`;
}

function slotLines({ slot, action, host, to, excluded = [] }: SlotPlan, style: Style): readonly string[] {
  const on = host ?? 'its holder';
  const words: Readonly<Record<SlotPlan['action'], string>> = {
    place: style.good(`would be placed on ${on}`),
    update: style.warn(`is updated on ${on}`),
    keep: style.dim(`stays as it is on ${on}`),
    stop: style.warn(`is stopped on ${on}`),
    replace: style.warn(
      `is stopped on ${on} and claimed anew${to === undefined ? '; no host can take it then' : `, by ${to} first`}`,
    ),
    wait: style.bad('no host can take it now'),
  };
  const reasons = excluded.map(
    (each) => `      ${each.host}: ${each.failures.map(({ message }) => message).join('; ')}`,
  );
  return [`    ${slot}  ${words[action]}`, ...reasons];
}
