import { parseDuration } from '@raftainer/pod-spec';
import type { Docker } from '@raftainer/docker';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-code.js';
import { failureOf, isUnreachable } from '../failure.js';
import { readLog } from '../logs/log-entry.js';
import { LogFollower } from '../logs/log-follower.js';
import { LogPrinter } from '../logs/log-printer.js';
import type { LogSource } from '../logs/log-source.js';
import { findLogSources } from '../logs/log-source.js';
import type { LogTarget } from '../logs/log-target.js';
import { parseLogTarget } from '../logs/log-target.js';
import { mergeByTime } from '../logs/merge-by-time.js';
import { describeElsewhere, requireContainer } from '../logs/not-here.js';
import type { Whereabouts } from '../logs/whereabouts.js';
import { findWhereabouts } from '../logs/whereabouts.js';
import type { Host } from './host.js';

interface LogsOptions {
  readonly container?: string;
  readonly follow?: boolean;
  readonly tail?: string;
  readonly since?: string;
  readonly timestamps?: boolean;
}

interface Request {
  readonly target: LogTarget;
  readonly docker: Docker;
  readonly sources: readonly LogSource[];
  readonly printer: LogPrinter;
  readonly range: { readonly tail?: number; readonly since?: Date };
}

/** `raftainer logs POD[/INDEX]`: what the containers of this host printed. */
export function addLogs(host: Host): void {
  const command = host.program
    .command('logs')
    .description('print what the containers of a pod print, of the slots on this host')
    .argument('<pod>', 'POD for all its slots, or POD/INDEX for one')
    .option('-c, --container <name>', 'only this container')
    .option('-f, --follow', 'go on with what comes, across restarts, until Ctrl-C')
    .option('-n, --tail <lines>', 'only so many of the last lines of each container')
    .option('--since <time>', 'only what is newer: 5m, 1h30m, or a date and time')
    .option('-t, --timestamps', 'print the time of each line')
    .action((text: string, options: LogsOptions) =>
      host.run(command, (context) => logs(context, text, options)),
    );
}

async function logs(context: Context, text: string, options: LogsOptions): Promise<number> {
  const { io, output } = context;
  const target = parseLogTarget(text, options.container);
  const range = parseRange(options, io.now());
  const docker = await context.docker();
  const sources = await findLogSources(docker, target, io.signal);
  const whereabouts = await whereaboutsOf(context, target, sources);
  await checkSources(context, { target, docker, sources, whereabouts, follow: options.follow ?? false });
  const printer = new LogPrinter(output, options.timestamps ?? false);
  printer.expect(sources);
  const request = { target, docker, sources, printer, range };
  await (options.follow ? follow(context, request) : printOnce(context, request));
  return whereabouts.elsewhere.length > 0 ? EXIT.failed : EXIT.ok;
}

async function printOnce({ io }: Context, { docker, sources, printer, range }: Request): Promise<void> {
  const call = { ...range, follow: false, signal: io.signal };
  for await (const entry of mergeByTime(sources.map((source) => readLog(docker, source, call)))) {
    await printer.print(entry);
  }
}

async function follow({ io, output }: Context, { docker, target, printer, range }: Request): Promise<void> {
  let wasLost = false;
  await new LogFollower({
    docker,
    target,
    ...range,
    signal: io.signal,
    print: (entry) => printer.print(entry),
    onConnection: async (isConnected) => {
      if (isConnected === wasLost) {
        wasLost = !isConnected;
        await output.note(
          isConnected ? 'the Docker engine is back' : 'the Docker engine is lost; waiting for it',
        );
      }
    },
  }).run();
}

/** Consul tells about other hosts; what is on this one can be shown without it. */
async function whereaboutsOf(
  context: Context,
  target: LogTarget,
  sources: readonly LogSource[],
): Promise<Whereabouts> {
  try {
    return await findWhereabouts(context.cluster, target, { sources, signal: context.io.signal });
  } catch (error) {
    if (sources.length === 0 || !isUnreachable(error)) {
      throw error;
    }
    await context.output.note(`only this host's logs: ${failureOf(error).message}`);
    return { elsewhere: [], nowhere: [] };
  }
}

interface Found {
  readonly target: LogTarget;
  readonly docker: Docker;
  readonly sources: readonly LogSource[];
  readonly whereabouts: Whereabouts;
  readonly follow: boolean;
}

async function checkSources({ output, io }: Context, found: Found): Promise<void> {
  const { target, docker, sources, whereabouts } = found;
  const elsewhere = describeElsewhere(whereabouts.elsewhere);
  if (sources.length > 0) {
    await (elsewhere === undefined ? undefined : output.note(elsewhere));
    return;
  }
  if (target.container !== undefined) {
    requireContainer(target, await findLogSources(docker, { pod: target.pod }, io.signal));
  }
  if (elsewhere !== undefined) {
    throw new CliError('CLI_ELSEWHERE', elsewhere, {
      details: { slots: whereabouts.elsewhere.map(({ slot, host }) => ({ slot, host })) },
    });
  }
  const why = whereabouts.nowhere.flatMap((slot) => slot.why.map((text) => `${slot.slot}: ${text}`));
  const message = `pod "${target.pod}" has no containers yet${why.length === 0 ? '' : ` (${why.join('; ')})`}`;
  if (!found.follow) {
    throw new CliError('CLI_NO_CONTAINERS', message);
  }
  await output.note(`${message}; waiting for them`);
}

function parseRange({ tail, since }: LogsOptions, now: number): Request['range'] {
  if (tail !== undefined && !/^\d{1,9}$/.test(tail)) {
    throw new CliError('CLI_USAGE', `"${tail}" is no number of lines; write it as in --tail 100`);
  }
  return {
    ...(tail === undefined ? {} : { tail: Number(tail) }),
    ...(since === undefined ? {} : { since: parseSince(since, now) }),
  };
}

function parseSince(text: string, now: number): Date {
  const span = parseDuration(text);
  const time = span === undefined ? Date.parse(text) : now - span;
  if (Number.isNaN(time)) {
    throw new CliError('CLI_USAGE', `"${text}" is no time; write it as in 5m, 1h30m or 2026-01-31T12:00:00Z`);
  }
  return new Date(time);
}
