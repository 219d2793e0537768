import { setTimeout as sleep } from 'node:timers/promises';

import { eventually } from '@raftainer/testing';

import { idlePod } from '../proof/pods.js';
import { editedPod, ELASTIC, FLEETING, UNHURRIED } from './edits.js';
import { EVENTS } from './events.js';
import { ALL, scheduleOf } from './schedule.js';

import type { Fleet } from '../harness/fleet.js';
import type { EventName } from './events.js';
import type { ChaosTools } from './fault.js';
import type { PlannedEdit, PlannedFault, PlannedStep } from './schedule.js';

/** Something that was done to a target, from when until when it had been undone. Milliseconds since the epoch. */
export interface Played {
  readonly what: string;
  readonly target: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a run plays on. */
export interface ChaosGround {
  readonly fleet: Fleet;
  readonly tools: ChaosTools;
  readonly log: (line: string) => void;
}

const EDIT_TIMEOUT_MS = 60_000;
const SERVERS = 'servers';
const EDITS = 'edits';

/** One run of a schedule on a fleet. */
export class ChaosRun {
  /** How often each thing was done. */
  readonly done = new Map<string, number>();
  /** The same one by one, in the order of their ends. */
  readonly played: Played[] = [];
  readonly #ground: ChaosGround;
  /** Faults of one target follow each other, also when mending one took longer than was planned. */
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #beganAt = performance.now();

  constructor(ground: ChaosGround) {
    this.#ground = ground;
  }

  /** Does everything at its time; resolves when the last of it is undone. */
  async play(options: {
    readonly seed: number;
    readonly durationMs: number;
    readonly events?: readonly EventName[];
  }): Promise<void> {
    const hosts = this.#ground.fleet.hosts.map(({ name }) => name);
    for (const step of scheduleOf({ ...options, hosts })) {
      await sleep(Math.max(0, step.atMs - (performance.now() - this.#beganAt)));
      const lanes = lanesOf(step, hosts);
      const before = Promise.all(lanes.map((lane) => this.#lanes.get(lane) ?? Promise.resolve()));
      const doing = before.then(() => (step.kind === 'edit' ? this.#edit(step) : this.#fault(step)));
      for (const lane of lanes) this.#lanes.set(lane, doing);
    }
    await Promise.all(this.#lanes.values());
  }

  async #fault({ fault, target, lastsMs }: PlannedFault): Promise<void> {
    const { fleet, tools } = this.#ground;
    const { what, inject, mend } = EVENTS[fault];
    const host = fleet.hosts.find(({ name }) => name === target) ?? fleet.host('host-1');
    this.#tell(what, `${target}: ${what}, for ${(lastsMs / 1_000).toFixed(1)} s`);
    const fromMs = Date.now();
    await inject(fleet, host, tools);
    await sleep(lastsMs);
    await mend(fleet, host, tools);
    this.played.push({ what, target, fromMs, toMs: Date.now() });
    this.#ground.log(`${this.#clock()}  ${target}: mended`);
  }

  async #edit({ edit, number }: PlannedEdit): Promise<void> {
    const { fleet, tools } = this.#ground;
    const { image } = tools;
    const fleeting = idlePod(FLEETING, image, { instances: 2, restart: UNHURRIED });
    const edits = {
      scale: () => fleet.cluster.pods.scale(ELASTIC, number),
      environment: () => fleet.apply(editedPod(image, number)),
      comeAndGo: () => (number % 2 === 0 ? fleet.remove(FLEETING) : fleet.apply(fleeting)),
    };
    this.#tell(`edit: ${edit}`, `edit: ${edit} (${number})`);
    const fromMs = Date.now();
    // Nothing can be written while Consul has no leader.
    const attempt: () => Promise<unknown> = edits[edit];
    await eventually(attempt, { timeoutMs: EDIT_TIMEOUT_MS, intervalMs: 250 });
    this.played.push({ what: `edit: ${edit}`, target: EDITS, fromMs, toMs: Date.now() });
  }

  #tell(what: string, line: string): void {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
    this.#ground.log(`${this.#clock()}  ${line}`);
  }

  #clock(): string {
    return `${((performance.now() - this.#beganAt) / 1_000).toFixed(1).padStart(6)} s`;
  }
}

/** What befalls all hosts waits until every one of them is mended, and the servers are. */
function lanesOf(step: PlannedStep, hosts: readonly string[]): readonly string[] {
  if (step.kind === 'edit') return [EDITS];
  return step.target === ALL ? [...hosts, SERVERS] : [step.target];
}
