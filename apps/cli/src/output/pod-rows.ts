import type { ContainerStatus, PortStatus } from '@raftainer/cluster';
import { formatProblems } from '@raftainer/pod-spec';
import type { PodView, SlotView } from '../fleet/pod-view.js';
import { formatAge } from './age.js';
import type { Style } from './style.js';

/** The columns of {@link podRows}. */
export const PS_HEADER: readonly string[] = ['NAME', 'STATE', 'HOST', 'PORTS', 'RESTARTS', 'AGE', 'WHY'];

/** A row for the pod, and one for each of its slots. */
export function podRows(pod: PodView, style: Style, now: number): readonly (readonly string[])[] {
  return [
    [style.bold(pod.name), podState(pod, style), '', '', '', '', podWhy(pod)],
    ...pod.slots.map((slot) => slotRow(slot, style, now)),
  ];
}

function podState(pod: PodView, style: Style): string {
  if (pod.definition !== 'valid') {
    return style.bad(pod.definition);
  }
  const wanted = pod.slots.filter(({ desired }) => desired).length;
  return (pod.ready === wanted ? style.good : style.warn)(`${pod.ready}/${wanted} ready`);
}

function podWhy({ definition, problems, slots }: PodView): string {
  if (definition === 'removed') {
    return 'the definition was removed, the slots are being stopped';
  }
  const [first, ...others] = problems;
  if (first === undefined) {
    return slots.length === 0 ? 'no instances are wanted' : '';
  }
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return oneLine(formatProblems([first])) + more;
}

function slotRow(slot: SlotView, style: Style, now: number): readonly string[] {
  const age = slot.since === undefined ? '' : formatAge(now - Date.parse(slot.since));
  const why = slot.desired ? slot.why : ['not wanted any more', ...slot.why];
  return [
    `  ${slot.slot}`,
    phaseStyle(slot, style)(slot.phase),
    slot.host ?? '-',
    portsOf(slot.containers) || '-',
    String(slot.restarts),
    age || '-',
    oneLine(why.join('; ')),
  ];
}

function phaseStyle(slot: SlotView, style: Style): (text: string) => string {
  if (slot.ready) {
    return style.good;
  }
  const isBad = slot.phase === 'failed' || slot.phase === 'backoff' || slot.phase === 'unhealthy';
  return isBad || slot.refused ? style.bad : style.warn;
}

function portsOf(containers: readonly ContainerStatus[]): string {
  return containers
    .flatMap(({ ports }) => ports.map(portText))
    .filter(Boolean)
    .join(', ');
}

function portText({ hostIp, hostPort, containerPort, protocol }: PortStatus): string {
  if (hostPort === undefined) {
    return '';
  }
  const address =
    hostIp === undefined ? `${hostPort}` : `${hostIp.includes(':') ? `[${hostIp}]` : hostIp}:${hostPort}`;
  return `${address}->${containerPort}/${protocol}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, '; ');
}
