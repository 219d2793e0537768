import type { Clock } from '../vault-context.js';

/** Node's timers overflow beyond 2^31-1 ms (24.8 days); a day is far enough below. */
const LONGEST_TIMER_MS = 86_400_000;

/** Calls back once a moment has come, however far away it is. Timers do not keep the process alive. */
export class Deadlines {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly due: (id: string) => void,
  ) {}

  /** Sets the moment of `id`, in place of the one it had. */
  set(id: string, atMs: number): void {
    this.clear(id);
    if (this.stopped) return;
    const wait = Math.min(Math.max(atMs - this.clock(), 0), LONGEST_TIMER_MS);
    const timer = setTimeout(() => {
      if (this.clock() < atMs) this.set(id, atMs);
      else {
        this.timers.delete(id);
        this.due(id);
      }
    }, Math.ceil(wait));
    timer.unref();
    this.timers.set(id, timer);
  }

  clear(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
  }

  /** Forgets all moments, and those that are set from now on. */
  stop(): void {
    this.stopped = true;
    for (const id of [...this.timers.keys()]) this.clear(id);
  }
}
