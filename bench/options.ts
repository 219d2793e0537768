import { parseArgs } from 'node:util';

/** The parts of the benchmark, in the order in which they run. */
export const SECTIONS = ['deploy', 'react', 'idle', 'secrets'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** What was asked for on the command line. */
export interface BenchOptions {
  readonly only: readonly SectionName[];
  /** Sizes of the deployments. */
  readonly pods: readonly number[];
  /** Rounds of one size. */
  readonly roundsOf: (pods: number) => number;
  /** Simultaneous calls of the direct deployment; the best counts. */
  readonly floorConcurrency: readonly number[];
  /** Containers killed for each way of restarting, and pods written for the reaction to a write. */
  readonly reactions: number;
  readonly idlePods: number;
  readonly idleMs: number;
  readonly swarm: boolean;
  readonly secrets: SecretsOptions;
  /** Put the tables into docs/benchmarks.md. */
  readonly write: boolean;
  /** Write a CPU profile of the agent during the largest deployment into this folder. */
  readonly profile?: string;
}

/** How secrets are measured. */
export interface SecretsOptions {
  /** Changes of KV values for each interval at which agents look. */
  readonly changes: number;
  /** The longer of the intervals; the default of agents unless it is to be quick. */
  readonly pollMs: number;
  readonly slots: number;
  /** How long requests are counted. */
  readonly windowMs: number;
  /** Of database leases; logins live twice as long. */
  readonly leaseSec: number;
}

export const USAGE = `npm run bench -- [options]

  --only PARTS        of deploy, react, idle, secrets; separated by commas (default: all)
  --pods SIZES        sizes of the deployments (default 1,20,50)
  --rounds N          rounds of each size (default 5 for one pod, else 3), kills for each way of restarting (default 5), and
                      changes of a secret for each interval (default 20)
  --idle-pods N       running containers while idle (default 50)
  --idle-seconds N    how long to watch the idle agents (default 60)
  --secret-slots N    slots with secrets (default 100)
  --secret-seconds N  how long to count their requests (default 150)
  --no-swarm          leave Docker Swarm out
  --quick             one small round of everything: does it work?
  --profile FOLDER    also write CPU profiles of the agents (node --cpu-prof); the figures suffer
  --write             put the tables into docs/benchmarks.md
  --help`;

const FLAGS = {
  only: { type: 'string' },
  pods: { type: 'string' },
  rounds: { type: 'string' },
  'idle-pods': { type: 'string' },
  'idle-seconds': { type: 'string' },
  'secret-slots': { type: 'string' },
  'secret-seconds': { type: 'string' },
  'no-swarm': { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  profile: { type: 'string' },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line; undefined when help was asked for. Throws an error for people when it makes no sense. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({ args: [...args], options: FLAGS });
  if (values.help) return undefined;
  const { quick } = values;
  const rounds = values.rounds === undefined ? undefined : count('--rounds', values.rounds);
  return {
    only: sections(values.only),
    pods: (values.pods ?? (quick ? '1,5' : '1,20,50')).split(',').map((text) => count('--pods', text)),
    roundsOf: (pods) => rounds ?? (quick ? 1 : pods === 1 ? 5 : 3),
    floorConcurrency: quick ? [6] : [4, 6, 8],
    reactions: rounds ?? (quick ? 2 : 5),
    idlePods: countOr(quick ? 5 : 50, '--idle-pods', values['idle-pods']),
    idleMs: 1000 * countOr(quick ? 10 : 60, '--idle-seconds', values['idle-seconds']),
    swarm: !values['no-swarm'],
    secrets: {
      changes: rounds ?? (quick ? 2 : 20),
      pollMs: quick ? 5_000 : 60_000,
      slots: countOr(quick ? 4 : 100, '--secret-slots', values['secret-slots']),
      windowMs: 1000 * countOr(quick ? 15 : 150, '--secret-seconds', values['secret-seconds']),
      leaseSec: quick ? 10 : 60,
    },
    write: values.write,
    ...(values.profile === undefined ? {} : { profile: values.profile }),
  };
}

/** More pods than this do not fit the subnets that the direct deployment cuts for itself. */
const MAX_COUNT = 1000;

function count(flag: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_COUNT) return number;
  throw new Error(`${flag}: ${JSON.stringify(text)} is no whole number from 1 to ${MAX_COUNT}.\n\n${USAGE}`);
}

function countOr(otherwise: number, flag: string, text: string | undefined): number {
  return text === undefined ? otherwise : count(flag, text);
}

function sections(text: string | undefined): readonly SectionName[] {
  if (text === undefined) return SECTIONS;
  const names = text.split(',');
  const unknown = names.find((name) => !SECTIONS.some((section) => section === name));
  if (unknown !== undefined) {
    throw new Error(
      `--only: there is no part ${JSON.stringify(unknown)}; there are ${SECTIONS.join(', ')}.\n\n${USAGE}`,
    );
  }
  return SECTIONS.filter((section) => names.includes(section));
}
