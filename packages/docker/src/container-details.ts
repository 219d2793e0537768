import type { ContainerSummary } from './container-summary.js';

/** One run of a container's health check. */
export interface HealthLogEntry {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly exitCode: number;
  /** What the check printed, cut off by the engine after 4 kB. */
  readonly output: string;
}

/** What inspecting a container tells. */
export interface ContainerDetails extends ContainerSummary {
  /** Last start, in milliseconds since the epoch. Absent when it was never started. */
  readonly startedAt?: number;
  /**
   * Last end, in milliseconds since the epoch. Absent when it has never ended. The engine may note it a few milliseconds
   * before `startedAt` when the container ended at once.
   */
  readonly finishedAt?: number;
  /** Whether the kernel killed it for want of memory. */
  readonly oomKilled: boolean;
  /** Why the last start failed, in the engine's words. */
  readonly error?: string;
  /** Process id on the host, while it runs. */
  readonly pid?: number;
  /** The last few runs of the health check, oldest first; empty without one. */
  readonly healthLog: readonly HealthLogEntry[];
}
