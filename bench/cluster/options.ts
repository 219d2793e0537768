import { parseArgs } from 'node:util';

/** What was asked for on the command line. */
export interface ClusterBenchOptions {
  /** Of each fault. */
  readonly runs: number;
  /** Put the tables into docs/benchmarks.md. */
  readonly write: boolean;
}

/** What `--help` prints. */
export const CLUSTER_USAGE = `npm run bench:cluster -- [options]

  --runs N   of each fault (default 10)
  --write    put the tables into docs/benchmarks.md
  --help`;

/** Reads the command line; undefined when help was asked for. Throws an error for people when it makes no sense. */
export function readClusterOptions(args: readonly string[]): ClusterBenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '10' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > 1_000)
    throw new Error(
      `--runs: ${JSON.stringify(values.runs)} is no whole number from 1 to 1000.\n\n${CLUSTER_USAGE}`,
    );
  return { runs, write: values.write };
}
