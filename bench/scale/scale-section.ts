import { spreadOf } from '../report/stats.js';
import { verdict } from '../report/section.js';

import type { ScaleFindings, ScaleOptions, Stretch } from './measure-scale.js';
import type { Section, Table } from '../report/section.js';

const MIB = 2 ** 20;

/** The findings as tables. */
export function scaleSection(findings: ScaleFindings, options: ScaleOptions): Section {
  return {
    name: 'scale',
    title: `${options.hosts} hosts × ${options.slots} slots of ${findings.pods} pods, simulated in one process`,
    tables: [
      outcomes(findings, options),
      cycles(findings),
      requests('From the change of one pod until all is settled, per host', findings.changing, options),
      requests('At rest, per host', findings.resting, options),
    ],
    notes: [
      ...(findings.writtenAtRest.length === 0
        ? []
        : [`Written at rest, as far as it is still there: ${findings.writtenAtRest.join(', ')}.`]),
      'Requests and bytes (bodies of the answers) as counted in the HTTP clients of the agents.',
      'The engines are stand-ins that answer at once. All agents share one thread, and one Consul in another process answers all of them as their local agent: every time here is that of all of them together.',
    ],
  };
}

function outcomes(findings: ScaleFindings, { hosts, slots }: ScaleOptions): Table {
  const { placing, changing, writesAtRest, memoryBytes } = findings;
  const perPlacement = placing.metered.acquireAttempts / slots;
  const rows = [
    ['until all slots run, s', seconds(placing.runningMs), '', ''],
    ['until the last record is written, s', seconds(placing.ms), '', ''],
    ['acquire attempts per placement', perPlacement.toFixed(3), '≤ 1.05', verdict(perPlacement, 1.05)],
    ['Consul writes per placement', (placing.metered.writes / slots).toFixed(2), '', ''],
    ['Consul writes at rest', String(writesAtRest), '0', verdict(writesAtRest, 0)],
    ['change of one pod until the new one runs, s', seconds(changing.runningMs), '', ''],
    ['change of one pod until the last record is written, s', seconds(changing.ms), '', ''],
    ['Consul requests per change per host', (changing.metered.total.requests / hosts).toFixed(1), '', ''],
    ['Consul kB per change per host', kilobytes(changing.metered.total.bytes / hosts), '', ''],
  ];
  if (memoryBytes !== undefined)
    rows.push(['memory per agent, MiB', (memoryBytes / hosts / MIB).toFixed(1), '', '']);
  return { caption: 'Outcome', columns: ['', 'measured', 'target', ''], rows };
}

function cycles({ placing, changing, resting }: ScaleFindings): Table {
  const rowsOf = (name: string, stretch: Stretch): readonly (readonly string[])[] => {
    if (stretch.cycles.length === 0) return [];
    const row = (part: 'observeMs' | 'planMs', what: string): readonly string[] => {
      const { min, median, max, count } = spreadOf(stretch.cycles.map((times) => times[part]));
      return [`${name}: ${what}`, String(count), min.toFixed(1), median.toFixed(1), max.toFixed(1)];
    };
    return [row('observeMs', 'observing'), row('planMs', 'planning')];
  };
  return {
    caption: 'Cycles of all agents (ms)',
    columns: ['', 'cycles', 'min', 'median', 'max'],
    rows: [...rowsOf('placing', placing), ...rowsOf('changing', changing), ...rowsOf('at rest', resting)],
  };
}

function requests(caption: string, { metered }: Stretch, { hosts }: ScaleOptions): Table {
  const kinds = [...metered.kinds].sort(([, a], [, b]) => b.bytes - a.bytes || b.requests - a.requests);
  return {
    caption,
    columns: ['', 'requests', 'kB'],
    rows: kinds.map(([kind, { requests: count, bytes }]) => [
      kind,
      (count / hosts).toFixed(2),
      kilobytes(bytes / hosts),
    ]),
  };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function kilobytes(bytes: number): string {
  return (bytes / 1_000).toFixed(1);
}
