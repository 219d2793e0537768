import type { ContainerDetails, HealthLogEntry } from './container-details.js';
import type { ContainerHealth, ContainerState, PublishedPort } from './container-summary.js';
import { parseNetworks } from './parse-container-summary.js';
import type { WireNetworks } from './parse-container-summary.js';

/** `GET /containers/{id}/json`, as far as it is used. */
export interface WireDetails {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Created: string;
  readonly State: WireState;
  readonly Config: {
    readonly Image: string;
    readonly Tty?: boolean;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly NetworkSettings?: {
    readonly Ports?: WireBindings | null;
    readonly Networks?: WireNetworks | null;
  };
}

interface WireState {
  readonly Status: ContainerState;
  readonly ExitCode: number;
  readonly OOMKilled?: boolean;
  readonly Error?: string;
  readonly Pid?: number;
  readonly StartedAt?: string;
  readonly FinishedAt?: string;
  readonly Health?: { readonly Status?: string; readonly Log?: readonly WireHealthLog[] | null } | null;
}

interface WireHealthLog {
  readonly Start: string;
  readonly ExitCode: number;
  readonly Output: string;
}

/** Host bindings by `port/protocol`; null for ports that are only exposed. */
type WireBindings = Readonly<Record<string, readonly WireBinding[] | null>>;

interface WireBinding {
  readonly HostIp?: string;
  readonly HostPort?: string;
}

const HEALTHS: ReadonlySet<string> = new Set<ContainerHealth>(['starting', 'healthy', 'unhealthy']);

/** Turns the engine's answer into {@link ContainerDetails}. */
export function parseContainerDetails(wire: WireDetails): ContainerDetails {
  return {
    id: wire.Id,
    name: wire.Name.replace(/^\//, ''),
    image: wire.Config.Image,
    imageId: wire.Image,
    labels: wire.Config.Labels ?? {},
    ports: Object.entries(wire.NetworkSettings?.Ports ?? {}).flatMap(parseBindings),
    networks: parseNetworks(wire.NetworkSettings?.Networks ?? {}),
    createdAt: Date.parse(wire.Created),
    ...parseState(wire.State),
  };
}

type StateFields = Pick<
  ContainerDetails,
  'state' | 'health' | 'exitCode' | 'startedAt' | 'finishedAt' | 'oomKilled' | 'error' | 'pid' | 'healthLog'
>;

function parseState(state: WireState): StateFields {
  const startedAt = instant(state.StartedAt);
  const finishedAt = instant(state.FinishedAt);
  return {
    state: state.Status,
    health: parseHealth(state),
    ...(state.Status === 'exited' && { exitCode: state.ExitCode }),
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    oomKilled: state.OOMKilled === true,
    ...(state.Error !== undefined && state.Error !== '' && { error: state.Error }),
    ...(state.Pid !== undefined && state.Pid > 0 && { pid: state.Pid }),
    healthLog: (state.Health?.Log ?? []).map(parseHealthLog),
  };
}

/** As in a list: a container that does not run has no health, whatever the last check said. */
function parseHealth(state: WireState): ContainerHealth {
  const status = state.Health?.Status ?? '';
  return state.Status === 'running' && HEALTHS.has(status) ? (status as ContainerHealth) : 'none';
}

function parseHealthLog(entry: WireHealthLog): HealthLogEntry {
  return { startedAt: Date.parse(entry.Start), exitCode: entry.ExitCode, output: entry.Output };
}

function parseBindings([port, bindings]: readonly [string, readonly WireBinding[] | null]): PublishedPort[] {
  const [number = '', protocol = 'tcp'] = port.split('/');
  const exposed = { containerPort: Number(number), protocol };
  if (bindings === null || bindings.length === 0) return [exposed];
  return bindings.map(({ HostIp, HostPort }) => ({
    ...(HostIp !== undefined && HostIp !== '' && { hostIp: HostIp }),
    ...(HostPort !== undefined && HostPort !== '' && { hostPort: Number(HostPort) }),
    ...exposed,
  }));
}

/** The engine writes the year 1 for "never". */
function instant(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}
