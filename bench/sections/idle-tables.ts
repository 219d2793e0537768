import { consulKind, countKinds, dockerKind, isConsulWrite } from '../harness/request-kinds.js';
import { verdict } from '../report/section.js';

import type { RecordedRequest } from '../harness/recording-proxy.js';
import type { Table } from '../report/section.js';

/** What an agent did in a time. */
export interface Activity {
  readonly docker: readonly RecordedRequest[];
  /** Absent when Consul is within the agent. */
  readonly consul: readonly RecordedRequest[] | undefined;
  /** By how much the index of Consul's last write grew. */
  readonly writes: number;
}

/** One agent, while it deployed and while it had nothing to do. */
export interface IdleResult {
  readonly label: string;
  readonly deploying: Activity;
  readonly idle: Activity;
  /** Of the agent, from before the pods were written until all was calm. Undefined where there is no /proc. */
  readonly deployCpuMs: number | undefined;
  readonly cpuPercent: number | undefined;
  readonly residentBytes: number | undefined;
}

const MEGABYTE = 1e6;
const UNKNOWN = '-';

/** What the idle agents use, judged. */
export function resourceTable(results: readonly IdleResult[], pods: number): Table {
  const row = (
    name: string,
    limit: number | undefined,
    read: (result: IdleResult) => number | undefined,
  ): readonly string[] => {
    const values = results.map(read);
    if (limit === undefined) return [name, ...values.map(short), '', ''];
    const known = values.filter((value) => value !== undefined);
    const judgement = known.length === 0 ? 'unknown' : verdict(Math.max(...known), limit);
    return [name, ...values.map(short), `≤ ${limit}`, judgement];
  };
  return {
    caption: 'Resources',
    columns: ['', ...results.map(({ label }) => label), 'target', ''],
    rows: [
      row('CPU, % of a core', 0.5, ({ cpuPercent }) => cpuPercent),
      row('resident memory, MB', 100, ({ residentBytes }) =>
        residentBytes === undefined ? undefined : residentBytes / MEGABYTE,
      ),
      row('Consul writes', 0, ({ idle }) => idle.writes),
      row('CPU time of the deployment before, ms per pod', undefined, ({ deployCpuMs }) =>
        deployCpuMs === undefined ? undefined : deployCpuMs / pods,
      ),
    ],
  };
}

/** One row for each kind of request; `pick` chooses the activity, whose counts are multiplied by `factor`. */
export function requestTable(
  caption: string,
  results: readonly IdleResult[],
  { pick, factor }: { readonly pick: (result: IdleResult) => Activity; readonly factor: number },
): Table {
  const columns = results.map((result) => ({ label: result.label, counts: countsOf(pick(result)) }));
  const kinds = new Set(columns.flatMap(({ counts }) => [...counts.keys()]));
  const cell = (counts: Counts, kind: string): string => {
    const known = counts.has(kind.startsWith('Consul') ? CONSUL_TOTAL : DOCKER_TOTAL);
    return known ? short((counts.get(kind) ?? 0) * factor) : UNKNOWN;
  };
  return {
    caption,
    columns: ['', ...columns.map(({ label }) => label)],
    rows: [...kinds].map((kind) => [kind, ...columns.map(({ counts }) => cell(counts, kind))]),
  };
}

type Counts = ReadonlyMap<string, number>;

const DOCKER_TOTAL = 'Docker, all';
const CONSUL_TOTAL = 'Consul, all';

/** Totals, then the kinds. What was not counted has no total. */
function countsOf({ docker, consul }: Activity): Counts {
  return new Map([
    ...(consul === undefined ? [] : withTotal(CONSUL_TOTAL, consul, consulLabel)),
    ...withTotal(DOCKER_TOTAL, docker, (request) => `Docker: ${dockerKind(request)}`),
  ]);
}

function withTotal(
  total: string,
  requests: readonly RecordedRequest[],
  kindOf: (request: RecordedRequest) => string,
): readonly (readonly [string, number])[] {
  return [[total, requests.length], ...countKinds(requests, kindOf)];
}

function consulLabel(request: RecordedRequest): string {
  return `Consul: ${consulKind(request)}${isConsulWrite(request) ? ' (a write)' : ''}`;
}

function short(value: number | undefined): string {
  return value === undefined ? UNKNOWN : String(Number(value.toFixed(2)));
}
