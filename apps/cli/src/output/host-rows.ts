import { formatBytes } from '@raftainer/constraints';
import type { HostTerms } from '@raftainer/cluster';
import type { HostView } from '../fleet/view-hosts.js';
import type { Style } from './style.js';

/** The columns of {@link hostRow}. */
export const HOSTS_HEADER: readonly string[] = [
  'HOST',
  'STATE',
  'REGION',
  'CPU',
  'MEMORY',
  'GPUS',
  'SLOTS',
  'AGENT',
  'LOCK DELAY',
  'LABELS',
  'NOTES',
];

/** A row for a host; of what it has, first what is allocated. */
export function hostRow(view: HostView, style: Style): readonly string[] {
  const { record, capacity, allocated, slots } = view;
  const labels = Object.entries(record?.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    style.bold(view.host),
    stateStyle(view, style)(view.state),
    record?.region ?? '-',
    `${round(allocated.cpu)}/${capacity === undefined ? '?' : round(capacity.cpu)}`,
    `${formatBytes(allocated.memoryBytes)}/${capacity === undefined ? '?' : formatBytes(capacity.memoryBytes)}`,
    `${allocated.gpus}/${capacity === undefined ? '?' : capacity.gpus}`,
    String(slots.length),
    record?.agentVersion ?? '-',
    lockDelay(record?.terms?.lockDelayMs),
    labels.join(',') || '-',
    notesOf(view).join('; '),
  ];
}

/** A host as `hosts --json` prints it; the README documents the shape, and fields are only ever added. */
export function hostJson(view: HostView): Readonly<Record<string, unknown>> {
  const { host, state, drain, record, capacity, allocated, slots, problems } = view;
  return {
    host,
    state,
    drain,
    region: record?.region,
    internalIp: record?.internalIp,
    labels: record?.labels,
    agentVersion: record?.agentVersion,
    since: record?.since,
    engine: record?.engine,
    warnings: record?.warnings,
    terms: record?.terms,
    capacity,
    allocated,
    slots,
    problems,
  };
}

function notesOf({ state, drain, record, problems }: HostView): readonly string[] {
  const because = drain?.reason === undefined ? '' : `: ${drain.reason}`;
  const since = drain?.since === undefined ? '' : ` since ${drain.since}`;
  const drains =
    drain === undefined ? [] : [`${state === 'absent' ? 'to be drained' : 'draining'}${since}${because}`];
  const engine =
    state === 'engine-down'
      ? [`its Docker engine has not answered since ${record?.engine?.since ?? '?'}`]
      : [];
  return [...engine, ...drains, ...problems, ...termNotes(record?.terms), ...(record?.warnings ?? [])];
}

/** Terms that were changed hold only from the next session of the host on. */
function termNotes(terms: HostTerms | undefined): readonly string[] {
  if (terms?.configuredLockDelayMs === undefined) return [];
  const [inForce, configured] = [terms.lockDelayMs, terms.configuredLockDelayMs].map(lockDelay);
  return [
    `a lock delay of ${configured} is configured, ${inForce} is in force until the host gets a new session`,
  ];
}

function lockDelay(ms: number | undefined): string {
  return ms === undefined ? '-' : `${ms / 1_000}s`;
}

function stateStyle({ state }: HostView, style: Style): (text: string) => string {
  if (state === 'present') return style.good;
  return state === 'draining' ? style.warn : style.bad;
}

function round(cores: number): string {
  return String(Math.round(cores * 100) / 100);
}
