import type { Pod, Problem } from '@raftainer/pod-spec';

/** Where a definition was written. */
export interface Origin {
  /** File, or `standard input`. */
  readonly source: string;
  /** Which document of the file, from 1. */
  readonly document: number;
}

/** A valid definition. */
export interface Definition extends Origin {
  readonly pod: Pod;
  /** What the user wrote, as plain data; this is what is stored. */
  readonly input: unknown;
  readonly revision: string;
}

/** One problem, and where it is. */
export interface LocatedProblem extends Problem {
  readonly source: string;
  /** Absent when it is the file as a whole. */
  readonly document?: number;
  /** The pod's name, when it has one. */
  readonly pod?: string;
}

/** All that the files hold. */
export interface Definitions {
  readonly definitions: readonly Definition[];
  readonly problems: readonly LocatedProblem[];
}
