import { openSync, readSync } from 'node:fs';

/** Clocks of a machine, in milliseconds. */
export interface ClockSources {
  /** CLOCK_MONOTONIC: stands still while the machine sleeps. */
  readonly monotonic: () => number;
  /** CLOCK_BOOTTIME, which goes on meanwhile, rounded down to `uptimeStepMs`; undefined where there is none to be read. */
  readonly uptime: () => number | undefined;
}

/** `/proc/uptime` has hundredths of a second. */
const UPTIME_STEP_MS = 10;
/** What two readings, one after the other, may differ by on a busy machine without any time being lost. */
const SLEEP_MS = 100;
/** Sleeps that are remembered, so that a moment before them is still told right. */
const MAX_SLEEPS = 16;

interface Sleep {
  /** By the monotonic clock: when it was noticed. */
  readonly noticedAt: number;
  readonly lostBeforeMs: number;
}

/**
 * The clock by which leases end. It goes on while the machine is suspended, which the monotonic clock does not: what that
 * one lost is read off the other one, each time. Nobody can set it, and all processes of a machine have the same.
 */
export class LeaseClock {
  readonly #sources: ClockSources;
  /** By how much the monotonic clock is behind. */
  #lostMs = 0;
  #sleeps: readonly Sleep[] = [];
  #started = false;

  constructor(sources: ClockSources) {
    this.#sources = sources;
    this.now();
  }

  now(): number {
    const before = this.#sources.monotonic();
    const uptime = this.#sources.uptime();
    const after = this.#sources.monotonic();
    if (uptime !== undefined) this.#compare(uptime - after, uptime + UPTIME_STEP_MS - before, after);
    return after + this.#lostMs;
  }

  /**
   * What this clock showed when the monotonic one did so. Of a sleep that was noticed later it knows only the latest
   * moment at which it can have begun, so what lies before that counts as before the sleep: an older proof, not a younger.
   */
  at(monotonicMs: number): number {
    this.now();
    const later = this.#sleeps.find(({ noticedAt }) => monotonicMs < noticedAt);
    return monotonicMs + (later?.lostBeforeMs ?? this.#lostMs);
  }

  /** The two clocks are apart by something in this range; what is already known stays unless it lies outside. */
  #compare(least: number, most: number, noticedAt: number): void {
    const lostBeforeMs = this.#lostMs;
    const lostMs = Math.max(least, Math.min(most, lostBeforeMs));
    this.#lostMs = lostMs;
    if (this.#started && Math.abs(lostMs - lostBeforeMs) > SLEEP_MS)
      this.#sleeps = [...this.#sleeps, { noticedAt, lostBeforeMs }].slice(-MAX_SLEEPS);
    this.#started = true;
  }
}

/** The clocks of this machine. */
export function machineClocks(path = '/proc/uptime'): ClockSources {
  const text = Buffer.alloc(64);
  const file = open(path);
  return {
    monotonic: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
    uptime: () => {
      if (file === undefined) return undefined;
      try {
        const seconds = Number.parseFloat(
          text.toString('latin1', 0, readSync(file, text, 0, text.length, 0)),
        );
        return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

function open(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined; // Not Linux: a sleep is not noticed.
  }
}
