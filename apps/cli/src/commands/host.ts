import type { Command } from 'commander';
import type { Context } from '../context.js';

/** What a verb needs to be added and run. */
export interface Host {
  readonly program: Command;
  /** Runs an action with a context of its own, and takes its result as the exit code. */
  run(command: Command, action: (context: Context) => Promise<number>): Promise<void>;
}
