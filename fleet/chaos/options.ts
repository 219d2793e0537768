import { parseArgs } from 'node:util';

import { FAULT_NAMES } from './faults.js';
import { OPERATION_NAMES } from './operations.js';
import { readGossip } from '../options.js';

import type { EventName } from './events.js';
import type { Gossip } from '../harness/consul-member.js';

/** What was asked for on the command line. */
export interface ChaosCommand {
  readonly seed: number;
  readonly durationMs: number;
  /** Faults and operations from which to pick. */
  readonly events: readonly EventName[];
  /** Added to the environment of the agents. */
  readonly environment: Readonly<Record<string, string>>;
  /** How soon Consul finds a host dead. */
  readonly gossip: Gossip;
  /** Folder to which logs and recording are copied at the end. */
  readonly logs?: string;
}

/** What `--help` prints. */
export const CHAOS_USAGE = `npm run chaos -- [options]

  --minutes N   in which faults begin (default 10)
  --seed N      the same seed and choice give the same faults at the same times (default 7)
  --faults LIST      which faults: all, none, or names with commas between them (default all):
                     ${FAULT_NAMES.join(', ')}
  --operations LIST  which operations, likewise (default all):
                     ${OPERATION_NAMES.join(', ')}
  --env NAME=VALUE  a variable of the agents, such as RAFTAINER_FENCE=freeze; may be repeated
  --gossip G    fast or default: how soon Consul finds a host dead (default default)
  --logs DIR    copy the logs and the recording there before everything is removed
  --help`;

const MAX_MINUTES = 24 * 60;

/** Reads the command line; undefined when help was asked for. Throws an error for people when it makes no sense. */
export function readChaosOptions(args: readonly string[]): ChaosCommand | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: '7' },
      faults: { type: 'string', default: 'all' },
      operations: { type: 'string', default: 'all' },
      env: { type: 'string', multiple: true, default: [] },
      gossip: { type: 'string', default: 'default' },
      logs: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const minutes = Number(values.minutes);
  const seed = Number(values.seed);
  if (!(minutes > 0 && minutes <= MAX_MINUTES))
    throw new Error(
      `--minutes: ${JSON.stringify(values.minutes)} is no number up to ${MAX_MINUTES}.\n\n${CHAOS_USAGE}`,
    );
  if (!Number.isInteger(seed) || seed < 0)
    throw new Error(`--seed: ${JSON.stringify(values.seed)} is no whole number.\n\n${CHAOS_USAGE}`);
  const events = [
    ...readNames('--faults', values.faults, FAULT_NAMES),
    ...readNames('--operations', values.operations, OPERATION_NAMES),
  ];
  const gossip = readGossip(values.gossip, CHAOS_USAGE);
  const logs = values.logs === undefined ? {} : { logs: values.logs };
  return {
    seed,
    durationMs: minutes * 60_000,
    events,
    environment: readEnvironment(values.env),
    gossip,
    ...logs,
  };
}

function readNames<Name extends string>(flag: string, text: string, names: readonly Name[]): readonly Name[] {
  if (text === 'all') return names;
  if (text === 'none') return [];
  const wanted = text.split(',').map((name) => name.trim());
  const wrong = wanted.find((name) => !names.some((known) => known === name));
  if (wrong === undefined) return names.filter((name) => wanted.includes(name));
  throw new Error(`${flag}: ${JSON.stringify(wrong)} is none of ${names.join(', ')}.\n\n${CHAOS_USAGE}`);
}

function readEnvironment(texts: readonly string[]): ChaosCommand['environment'] {
  const pairs = texts.map((text) => /^([A-Z_]+)=(.*)$/.exec(text) ?? [text]);
  const wrong = pairs.find(([, name]) => name === undefined);
  if (wrong !== undefined)
    throw new Error(`--env: ${JSON.stringify(wrong[0])} is not NAME=VALUE.\n\n${CHAOS_USAGE}`);
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}
