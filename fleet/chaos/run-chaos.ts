import { join } from 'node:path';

import { eventually, testImage } from '@raftainer/testing';

import { agentOfVersion } from '../../apps/agent/test/support/other-version.js';
import { strayGuards, unserved } from '../proof/at-rest.js';
import { untilConverged } from '../proof/audit.js';
import { overlapsOf } from '../proof/overlaps.js';
import { everyKind, EXCLUSIVE } from '../proof/pods.js';
import { ChaosRun } from './chaos-run.js';
import {
  BROAD,
  chaosPods,
  EDITED,
  ELASTIC,
  EVERYWHERE,
  FLEETING,
  SETTLED,
  STUBBORN,
  UNHURRIED,
} from './edits.js';

import type { Fleet } from '../harness/fleet.js';
import type { Overlap } from '../proof/overlaps.js';
import type { FleetReport } from '../recorder/report.js';
import type { Played } from './chaos-run.js';
import type { EventName } from './events.js';

/** What chaos is made of. */
export interface ChaosOptions {
  readonly seed: number;
  /** In which faults begin; the last ones end, and the fleet converges, after it. */
  readonly durationMs: number;
  /** Faults and operations from which to pick. Default: all. */
  readonly events?: readonly EventName[];
  /** Told of every step. */
  readonly log?: (line: string) => void;
}

/** What became of the fleet. */
export interface ChaosResult {
  /** What was done, with how often. */
  readonly steps: Readonly<Record<string, number>>;
  /** The same one by one, with the times. */
  readonly played: readonly Played[];
  readonly report: FleetReport;
  /** Of exclusive slots. */
  readonly overlaps: readonly Overlap[];
  /** What is still wrong after all faults have ended: lost slots, orphans, claims and guards of nobody. Undefined: nothing. */
  readonly unconverged?: string;
}

/** Pods of which two copies may never execute. */
const ONE_COPY = [EXCLUSIVE, ELASTIC, EDITED, FLEETING, EVERYWHERE, STUBBORN, BROAD, SETTLED];
const AT_REST_TIMEOUT_MS = 60_000;

/**
 * Deploys pods of all kinds and plays the faults, operations and edits of a seed on them, each at its time, until all is
 * mended and the fleet has converged or does not.
 */
export async function runChaos(fleet: Fleet, options: ChaosOptions): Promise<ChaosResult> {
  const image = await testImage();
  for (const definition of [...everyKind(image), ...chaosPods(image)])
    await fleet.apply({ ...definition, restart: UNHURRIED });
  await untilConverged(fleet);
  const other = await agentOfVersion('99.1.0');
  try {
    const otherVersion = join(other.folder, 'bin/raftainer-agent.js') as `/${string}`;
    const log = options.log ?? ((): void => undefined);
    const run = new ChaosRun({ fleet, log, tools: { image, otherVersion } });
    await run.play(options);
    const unconverged = await untilAtRest(fleet).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const report = fleet.recorder.report();
    const overlaps = overlapsOf(report, fleet.recorder.observations, { pods: ONE_COPY });
    const steps = Object.fromEntries(run.done);
    const result = { steps, played: run.played, report, overlaps };
    return { ...result, ...(unconverged === undefined ? {} : { unconverged }) };
  } finally {
    await other.remove();
  }
}

/** Every slot runs once and says so, and nothing is left, guards neither. */
async function untilAtRest(fleet: Fleet): Promise<void> {
  await untilConverged(fleet);
  const attempt = async (): Promise<void> => {
    const problems = [...(await unserved(fleet)), ...strayGuards(fleet)];
    if (problems.length > 0) throw new Error(`The fleet is not at rest:\n  ${problems.join('\n  ')}`);
  };
  await eventually(attempt, { timeoutMs: AT_REST_TIMEOUT_MS, intervalMs: 250 });
}
