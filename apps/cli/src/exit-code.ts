/** What the process ends with; stable, documented in the README and in `--help`. */
export const EXIT = {
  /** Done. */
  ok: 0,
  /** It could not be done, or the pods failed. */
  failed: 1,
  /** Wrong arguments or definitions; nothing was changed. */
  invalid: 2,
  /** Consul, Docker or the agent does not answer. */
  unreachable: 3,
  /** No such pod, slot or host. */
  notFound: 4,
  /** `--wait` ran out of time. */
  timedOut: 5,
  /** `plan` found something to do. */
  changes: 6,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For `--help`. */
export const EXIT_HELP = `
Exit codes:
  0    done
  1    failed
  2    wrong arguments or definitions; nothing was changed
  3    Consul, Docker or the agent does not answer
  4    no such pod, slot or host
  5    timed out while waiting
  6    plan: there is something to apply
  130  interrupted
`;
