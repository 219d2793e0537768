import { parseDuration } from '@raftainer/pod-spec';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';

/** Options of verbs that can wait for what they asked for. */
export interface WaitOptions {
  readonly wait?: boolean;
  readonly timeout: string;
}

/** What to wait for, and how long. */
export interface WaitRequest {
  /** Names of pods. */
  readonly pods: readonly string[];
  readonly timeoutMs: number;
}

/** Adds `--wait` and `--timeout` to a verb. */
export function addWaitOptions(command: Command, description: string): void {
  command
    .option('--wait', description)
    .option('--timeout <duration>', 'how long to wait at most, such as 90s or 5m', '5m');
}

/** The time to wait at most, in milliseconds. Throws `CLI_USAGE`. */
export function waitTimeoutMs(options: WaitOptions): number {
  const timeoutMs = parseDuration(options.timeout);
  if (timeoutMs === undefined || timeoutMs === 0) {
    throw new CliError('CLI_USAGE', `"${options.timeout}" is no time to wait; write it as in 90s, 5m or 1h`);
  }
  return timeoutMs;
}
