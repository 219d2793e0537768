import { formatProblems } from '@raftainer/pod-spec';
import type { RuleFailure } from '@raftainer/constraints';
import type { HostAnswer } from '../fleet/explain-slot.js';
import type { PodWhy, SlotWhy } from '../fleet/why-pod.js';
import { formatAge } from './age.js';
import type { Style } from './style.js';

/** What {@link whyLines} needs besides the answer. */
export interface WhyStyle {
  readonly style: Style;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The whole answer for people: the pod, then each slot, then each host with every rule that fails. */
export function whyLines(why: PodWhy, look: WhyStyle): readonly string[] {
  const { style } = look;
  const state =
    why.definition === 'removed' ? ['its definition was removed; its slots are being stopped'] : [];
  const problems = why.problems.map((problem) => `the definition is not valid: ${formatProblems([problem])}`);
  const refused = why.refused.map((reason) => `the agents refuse the definition: ${reason}`);
  const impossible = why.impossible.map((reason) => `no host can ever run it: ${reason}`);
  const general = [...state, ...problems, ...refused, ...impossible];
  const none = why.slots.length === 0 ? ['  no slot is wanted and none is held'] : [];
  return [
    style.bold(why.name),
    ...general.map((text) => `  ${style.bad(text)}`),
    ...none,
    ...why.slots.flatMap((slot) => slotLines(slot, look)),
  ];
}

function slotLines(slot: SlotWhy, look: WhyStyle): readonly string[] {
  const { style } = look;
  const { view, awaits, hosts } = slot;
  const phase = view.ready ? style.good(view.phase) : style.warn(view.phase);
  const held = view.held ? `${phase}, ${heldBy(slot, look.now)}` : `${phase}, held by nobody`;
  return [
    `  ${style.bold(view.slot)}  ${held}`,
    ...(view.desired ? [] : ['    it is not wanted any more']),
    ...(view.held ? view.why : []).map((text) => `    ${text}`),
    ...awaits.map((text) => `    waits: ${text}`),
    ...hosts.flatMap((host) => hostLines(host, { look, slot })),
  ];
}

function heldBy({ holder, claimedAt, view }: SlotWhy, now: number): string {
  const since =
    claimedAt === undefined ? '' : ` since ${claimedAt} (${formatAge(now - Date.parse(claimedAt))})`;
  const epoch = view.epoch === undefined ? '' : `, epoch ${view.epoch}`;
  return `held by ${holder ?? 'a session that no readable record names'}${since}${epoch}`;
}

function hostLines(
  answer: HostAnswer,
  { look: { style }, slot }: { readonly look: WhyStyle; readonly slot: SlotWhy },
): readonly string[] {
  const { host, rank, points, score, failures, verdict } = answer;
  const holds = slot.holder === host ? ' (holds it)' : '';
  const standing =
    rank === undefined
      ? style.bad('cannot take it')
      : style.good(`number ${rank}`) +
        style.dim(`, ${points ?? 0} points, score ${(score ?? 0).toPrecision(4)}`);
  const own =
    verdict === undefined
      ? []
      : [...verdict.failures.map(({ message }) => message), ...(verdict.problems ?? [])];
  const bare =
    verdict !== undefined && own.length === 0 ? [verdict.message ?? 'it refuses without a reason'] : own;
  return [
    `    ${host}${holds}: ${standing}`,
    ...failures.map((failure) => `      ${failure.message}${valuesOf(failure)}`),
    ...bare.map((text) => `      the host itself says: ${text}`),
  ];
}

/** Messages of resource rules name both values; of what names them not, they are added. */
function valuesOf({ message, required, actual }: RuleFailure): string {
  const isNamed = /required|requested|available/.test(message) || typeof required === 'boolean';
  return isNamed ? '' : ` (required: ${JSON.stringify(required)}, actual: ${JSON.stringify(actual)})`;
}
