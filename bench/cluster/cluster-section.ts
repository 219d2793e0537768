import { verdict } from '../report/section.js';
import { spreadOf } from '../report/stats.js';

import type { Section } from '../report/section.js';
import type { ClusterFigures, FailoverFigures } from './cluster-runs.js';
import type { EngineFigures } from './engine-alone.js';

const COLUMNS = ['', 'runs', 'min', 'median', 'max', 'target', '', 'overlap'];

/** The figures as a section of the document. */
export function clusterSection({ failovers, restarted, engine }: ClusterFigures): Section {
  return {
    name: 'cluster',
    title: 'Three hosts, three Consul servers on one machine, default settings',
    tables: [
      {
        caption:
          'From the fault until the last slot of the host runs on another (ms), and the longest overlap of two copies',
        columns: COLUMNS,
        rows: failovers.filter(({ replacedMs }) => replacedMs.length > 0).map(rowOf),
      },
      {
        caption: 'An agent is killed, and started again by a supervisor after 200 ms',
        columns: COLUMNS.slice(0, -1),
        rows: [['containers restarted', ...cells(restarted, 0)]],
      },
      {
        caption:
          'The engine alone, asked directly: from the first call until the last of so many containers runs (ms); a part of every failover',
        columns: ['', 'runs', 'min', 'median', 'max'],
        rows: engine.flatMap(engineRows),
      },
      SWARM,
    ],
    notes: [
      'The second that the targets allow after detection and lock delay has to hold the start of the containers as well; what the engine alone takes for it on this machine is above.',
      'The overlap of exclusive copies on a host that was frozen until its slots had moved is the moment between its thaw and the end of its copies: nobody on it could act before.',
      'Starts by the events of the engines, overlap by the recorder. Pods that are not exclusive may overlap: the host that was cut off runs them on.',
    ],
  };
}

/** Not measured by this command: what was found before on a machine of this kind, three engines, one service. */
const SWARM = {
  caption:
    'For comparison, Docker Swarm with three engines, quoted and not measured here (s); nothing keeps two copies from running',
  columns: ['', 'default settings', 'heartbeat 1 s, no restart delay'],
  rows: [
    ['worker loses power, is cut off or frozen', '16–19', '2.7–4.4'],
    ['leader dies', '45–51', '-'],
  ],
} as const;

function rowOf({ fault, kind, replacedMs, overlapMs }: FailoverFigures): readonly string[] {
  const label = `${fault.label}, ${kind === 'exclusive' ? 'exclusive' : 'not exclusive'}`;
  return [label, ...cells(replacedMs, fault.limits?.[kind]), overlapMs.toFixed(0)];
}

/** An exclusive slot finds its network there, any other has it made. */
function engineRows({ count, onNetworksMs, withNetworksMs }: EngineFigures): readonly (readonly string[])[] {
  const rowFor = (label: string, values: readonly number[]): readonly string[] => {
    const { count: runs, min, median, max } = spreadOf(values);
    return [label, String(runs), ...[min, median, max].map((value) => value.toFixed(0))];
  };
  return [
    rowFor(`${count} at once, networks there`, onNetworksMs),
    rowFor(`${count} at once, networks to make`, withNetworksMs),
  ];
}

function cells(values: readonly number[], limit: number | undefined): readonly string[] {
  const { count, min, median, max } = spreadOf(values);
  const judged = limit === undefined ? ['', ''] : [`≤ ${limit}`, verdict(median, limit)];
  return [String(count), ...[min, median, max].map((value) => value.toFixed(0)), ...judged];
}
