import { FenceBook } from '../lease/fence-book.js';
import { monotonicNow } from '../lease/monotonic.js';
import { WallLeaps } from '../lease/wall-leaps.js';
import { ENGINE_TIMEOUT_MS, FenceDeeds } from './fence-deeds.js';

import type { LeaseMessage } from '../lease/fence-book.js';
import type { FenceDeedsOptions, TimeToEnd } from './fence-deeds.js';
import type { FencedLabels } from './protocol.js';

/** What fencing needs. */
export interface FencerOptions extends FencedLabels, FenceDeedsOptions {
  readonly stopTimeoutMs: number;
  /** Until when what is found at the start may run unproven, in monotonic milliseconds; Infinity: it is not judged. */
  readonly fenceAt: number;
  /** Awaited before what is due is looked for; it takes no time to speak of. */
  readonly beforeLook?: () => Promise<unknown>;
}

/** Timers stand still while the machine sleeps: how long after it woke a deadline that passed is noticed, at most. */
const CLOCK_LOOK_MS = 250;
/** Pause between two looks while something has to be stopped. */
const LOOK_MS = 150;
/** The same for processes of what is long overdue, which need nobody's answer. */
const KILL_LOOK_MS = 50;
/** A look goes through all processes of the host, 37 ms for a thousand: three of four parts of the time are rest. */
const KILL_REST_FACTOR = 3;
/** Between two looks at the engine once everything has been quiet for a while. */
const QUIET_LOOK_MS = 2_000;
const QUIET_AFTER_MS = 20_000;
const START_PATIENCE_MS = 60_000;

/**
 * Stops exclusive containers in time when their claims can no longer be proven. Runs in the agent and, with the same
 * messages, in the guards: any one of them is enough.
 */
export class Fencer {
  readonly #options: FencerOptions;
  readonly #book: FenceBook;
  #adoptedStopMs: number;
  #leastStopMs: number;
  readonly #deeds: FenceDeeds;
  readonly #leaps = new WallLeaps({ wall: Date.now, lease: monotonicNow });
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #closed = false;
  #lastFoundAt = 0;

  constructor(options: FencerOptions) {
    this.#options = options;
    this.#adoptedStopMs = this.#leastStopMs = options.stopTimeoutMs;
    this.#book = new FenceBook(options.fenceAt);
    this.#deeds = new FenceDeeds(options);
    this.#arm();
  }

  /**
   * Other terms are in force from now on. More time to end is for what the present session covers only: what a session of
   * before still covers may be started elsewhere as early as its own lock delay says.
   */
  adopt(stopTimeoutMs: number, freeze = false): void {
    this.#deeds.freezes = freeze;
    this.#leastStopMs = Math.min(this.#stopMs(), stopTimeoutMs);
    this.#adoptedStopMs = stopTimeoutMs;
  }

  #stopMs(): number {
    return this.#book.coversOthers ? this.#leastStopMs : this.#adoptedStopMs;
  }

  /** Whether any container may run at the moment, for at least so much longer. */
  mayRun(marginMs: number): boolean {
    return !this.#book.isOver(monotonicNow() + marginMs);
  }

  /** Nothing was left to stop for so long, in milliseconds; 0 while the lease lasts, Infinity when there never was one. */
  quietMs(): number {
    const now = monotonicNow();
    if (this.#book.fenceAt === Infinity) return Infinity;
    const mayFind = !this.#book.isOver(now) || this.#book.ids.some((id) => this.#mayStillStart(id));
    return mayFind ? 0 : now - Math.max(this.#lastFoundAt, this.#book.fenceAt);
  }

  apply(message: LeaseMessage): void {
    this.#book.apply(message);
    if (message.kind === 'containers') this.#learnProcesses([...message.claimed, ...message.unclaimed]);
    if (message.kind === 'renew') this.#thawProven();
    this.#arm();
  }

  #thawProven(): void {
    const now = monotonicNow();
    const known = new Set(this.#book.ids);
    this.#deeds.thaw(this.#deeds.frozen.filter((id) => known.has(id) && !this.#isDue(id, now)));
  }

  /** The containers of which a start was asked for that nobody has seen done. */
  get starting(): readonly string[] {
    return this.#book.ids.filter((id) => this.#book.isStarting(id));
  }

  /** How many of the containers that it knows certainly have a living process, whatever the engine says: it may have forgotten. */
  countAlive(): number {
    const { ids } = this.#book;
    this.#deeds.find(ids);
    return ids.filter((id) => this.#deeds.isAlive(id) === true).length;
  }

  /** The claims are given up: whatever begins to run from now on is stopped at once, until there is another proof. */
  expire(): void {
    this.#book.expire(monotonicNow());
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #arm(delayMs = this.#book.nextAt() - monotonicNow()): void {
    if (this.#closed || this.#looking) return;
    clearTimeout(this.#timer);
    if (delayMs === Infinity) return;
    const isFar = delayMs > CLOCK_LOOK_MS;
    // Timers drop fractions and may be early by a millisecond; what is not quite due would wait for the engine first.
    const waitMs = isFar ? CLOCK_LOOK_MS : Math.max(0, Math.ceil(delayMs) + 1);
    const dueAt = monotonicNow() + delayMs;
    this.#timer = setTimeout(() => {
      this.#lookAtClocks();
      const leftMs = Math.min(dueAt, this.#book.nextAt()) - monotonicNow();
      if (isFar && leftMs > 0) this.#arm(leftMs);
      else void this.#look();
    }, waitMs);
    this.#timer.unref();
  }

  #lookAtClocks(): void {
    if (this.#leaps.leapt()) this.#book.doubt(monotonicNow());
  }

  /** Looks until nothing that should not run does, and goes on looking while the lease is over. */
  async #look(): Promise<void> {
    this.#looking = true;
    await this.#options.beforeLook?.();
    const found = await this.#killingOverdue(() => this.#findDue());
    for (const id of found) this.#fence(id);
    this.#looking = false;
    const now = monotonicNow();
    if (found.length > 0) this.#lastFoundAt = now;
    const isCalm = found.length === 0 && !this.#book.isOver(now);
    const waitMs = this.#book.nextAt() - now;
    // What is still being started may have passed its time, and is looked for now and then.
    if (isCalm) this.#arm(waitMs > 0 ? waitMs : LOOK_MS);
    else this.#arm(this.quietMs() > QUIET_AFTER_MS ? QUIET_LOOK_MS : LOOK_MS);
  }

  /**
   * A host that was frozen wakes with what others run by now, and its engine may finish a start that was asked for before:
   * the processes of what should have been dead by then are killed before, and while, anybody is asked anything.
   */
  async #killingOverdue<T>(ask: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      const beganAt = monotonicNow();
      this.#killOverdue();
      const tookMs = monotonicNow() - beganAt;
      timer = setTimeout(look, Math.max(KILL_LOOK_MS, KILL_REST_FACTOR * tookMs));
    };
    look();
    try {
      return await ask();
    } finally {
      clearTimeout(timer);
    }
  }

  #killOverdue(): void {
    const now = monotonicNow();
    const due = this.#book.due(now);
    const overdue = due.filter((id) => this.#isOverdue(id, now));
    this.#deeds.find(due);
    for (const id of overdue) if (this.#deeds.isAlive(id) === true) this.#deeds.kill(id);
    for (const id of due) if (!overdue.includes(id)) this.#freeze(id);
  }

  /** Every container whose time is over and that is not certainly dead. */
  async #findDue(): Promise<readonly string[]> {
    const now = monotonicNow();
    const due = this.#book.due(now);
    if (due.length === 0 && !this.#book.isOver(now)) return [];
    const running = await this.#running(ENGINE_TIMEOUT_MS).catch(() => undefined);
    const over = this.#book.isOver(monotonicNow());
    this.#deeds.find(due);
    const known = due.filter((id) => this.#stillRuns(id, running));
    for (const id of due) if (!known.includes(id) && !this.#mayStillStart(id)) this.#forget(id);
    const unknown = over ? (running ?? []).filter((id) => !known.includes(id)) : [];
    const late = unknown.filter((id) => this.#book.fenceAtOf(id) <= monotonicNow());
    // The engine may not be there to ask the next time.
    for (const id of late) this.#book.remember(id);
    this.#deeds.find(late);
    return [...known, ...late];
  }

  async #running(timeoutMs: number): Promise<readonly string[]> {
    const { engine, labels } = this.#options;
    return (await engine.running(labels, timeoutMs)).map(({ Id }) => Id);
  }

  /** In doubt it runs. A living process counts even when the engine denies it: an engine that was killed forgets. */
  #stillRuns(id: string, running: readonly string[] | undefined): boolean {
    const isAlive = this.#deeds.isAlive(id);
    if (isAlive !== undefined) return isAlive;
    return running?.includes(id) ?? !this.#book.isStarting(id);
  }

  /** An engine that has not finished a start after so long has given it up, or is dead. */
  #mayStillStart(id: string): boolean {
    return this.#book.isStarting(id) && monotonicNow() - this.#book.fenceAtOf(id) < START_PATIENCE_MS;
  }

  #isDue(id: string, now: number): boolean {
    return this.#book.fenceAtOf(id) <= now;
  }

  #isOverdue(id: string, now: number): boolean {
    return this.#deeds.isOverdue(id, this.#timeToEnd(id, now));
  }

  #timeToEnd(id: string, now: number): TimeToEnd {
    return { overSinceMs: now - this.#book.fenceAtOf(id), stopTimeoutMs: this.#stopMs() };
  }

  #fence(id: string): void {
    const now = monotonicNow();
    // While the engine was asked a proof may have come.
    if (!this.#isDue(id, now)) return;
    if (this.#isOverdue(id, now)) {
      this.#deeds.kill(id);
      this.#deeds.killByEngine(id);
    } else if (!this.#freeze(id)) this.#deeds.stop(id, this.#timeToEnd(id, now));
  }

  /** The engine, in the middle of a start, would wait for what is frozen. */
  #freeze(id: string): boolean {
    return !this.#book.isStarting(id) && this.#deeds.freeze(id);
  }

  #forget(id: string): void {
    this.#book.forget(id);
    this.#deeds.forget(id);
  }

  /** Learnt while the engine answers, for the time when it does not. What is still being started has none yet. */
  #learnProcesses(running: readonly string[]): void {
    const known = new Set(this.#book.ids);
    for (const id of this.#deeds.learnt) if (!known.has(id)) this.#forget(id);
    for (const id of running) if (known.has(id)) void this.#deeds.learn(id);
  }
}
