import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, testImage } from '@raftainer/testing';

import { untilConverged } from '../proof/audit.js';
import { overlapsOf } from '../proof/overlaps.js';
import { everyKind, EXCLUSIVE, idlePod } from '../proof/pods.js';
import { chaosPods, EDITED, editedPod, ELASTIC, EVERYWHERE, FLEETING, STUBBORN } from './edits.js';
import { FAULTS } from './faults.js';
import { scheduleOf } from './schedule.js';

import type { Fleet } from '../harness/fleet.js';
import type { Overlap } from '../proof/overlaps.js';
import type { FleetReport } from '../recorder/report.js';
import type { PlannedEdit, PlannedFault } from './schedule.js';

/** What chaos is made of. */
export interface ChaosOptions {
  readonly seed: number;
  /** In which faults begin; the last ones end, and the fleet converges, after it. */
  readonly durationMs: number;
  /** Told of every step. */
  readonly log?: (line: string) => void;
}

/** What became of the fleet. */
export interface ChaosResult {
  /** What was done, with how often. */
  readonly steps: Readonly<Record<string, number>>;
  readonly report: FleetReport;
  /** Of exclusive slots. */
  readonly overlaps: readonly Overlap[];
  /** What is still wrong after all faults have ended: lost slots, orphans, claims of nobody. Undefined: nothing. */
  readonly unconverged?: string;
}

/** Pods of which two copies may never execute. */
const ONE_COPY = [EXCLUSIVE, ELASTIC, EDITED, FLEETING, EVERYWHERE, STUBBORN];
const EDIT_TIMEOUT_MS = 60_000;

/**
 * Deploys pods of all kinds and plays the faults and edits of a seed on them, each at its time, until all is mended and
 * the fleet has converged or does not.
 */
export async function runChaos(fleet: Fleet, options: ChaosOptions): Promise<ChaosResult> {
  const image = await testImage();
  for (const definition of [...everyKind(image), ...chaosPods(image)]) await fleet.apply(definition);
  await untilConverged(fleet);
  const run = new ChaosRun({ fleet, image, log: options.log ?? ((): void => undefined) });
  await run.play(options);
  const unconverged = await untilConverged(fleet).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const report = fleet.recorder.report();
  const overlaps = overlapsOf(report, fleet.recorder.observations, { pods: ONE_COPY });
  const steps = Object.fromEntries(run.done);
  return { steps, report, overlaps, ...(unconverged === undefined ? {} : { unconverged }) };
}

interface ChaosGround {
  readonly fleet: Fleet;
  readonly image: string;
  readonly log: (line: string) => void;
}

class ChaosRun {
  /** How often each thing was done. */
  readonly done = new Map<string, number>();
  readonly #ground: ChaosGround;
  /** Faults of one target follow each other, also when mending one took longer than was planned. */
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #beganAt = performance.now();

  constructor(ground: ChaosGround) {
    this.#ground = ground;
  }

  /** Does everything at its time; resolves when the last of it is undone. */
  async play({ seed, durationMs }: ChaosOptions): Promise<void> {
    const hosts = this.#ground.fleet.hosts.map(({ name }) => name);
    for (const step of scheduleOf({ seed, durationMs, hosts })) {
      await sleep(Math.max(0, step.atMs - (performance.now() - this.#beganAt)));
      const lane = step.kind === 'edit' ? 'edits' : step.target;
      const before = this.#lanes.get(lane) ?? Promise.resolve();
      this.#lanes.set(
        lane,
        before.then(() => (step.kind === 'edit' ? this.#edit(step) : this.#fault(step))),
      );
    }
    await Promise.all(this.#lanes.values());
  }

  async #fault({ fault, target, lastsMs }: PlannedFault): Promise<void> {
    const { fleet } = this.#ground;
    const { what, inject, mend } = FAULTS[fault];
    const host = fleet.hosts.find(({ name }) => name === target) ?? fleet.host('host-1');
    this.#tell(what, `${target}: ${what}, for ${(lastsMs / 1_000).toFixed(1)} s`);
    await inject(fleet, host);
    await sleep(lastsMs);
    await mend(fleet, host);
    this.#ground.log(`${this.#clock()}  ${target}: mended`);
  }

  async #edit({ edit, number }: PlannedEdit): Promise<void> {
    const { fleet, image } = this.#ground;
    const { pods } = fleet.cluster;
    const edits = {
      scale: () => pods.scale(ELASTIC, number),
      environment: () => fleet.apply(editedPod(image, number)),
      comeAndGo: () =>
        number % 2 === 0 ? fleet.remove(FLEETING) : fleet.apply(idlePod(FLEETING, image, { instances: 2 })),
    };
    this.#tell(`edit: ${edit}`, `edit: ${edit} (${number})`);
    // Nothing can be written while Consul has no leader.
    const attempt: () => Promise<unknown> = edits[edit];
    await eventually(attempt, { timeoutMs: EDIT_TIMEOUT_MS, intervalMs: 250 });
  }

  #tell(what: string, line: string): void {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
    this.#ground.log(`${this.#clock()}  ${line}`);
  }

  #clock(): string {
    return `${((performance.now() - this.#beganAt) / 1_000).toFixed(1).padStart(6)} s`;
  }
}
