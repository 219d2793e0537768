import type { DrainInfo } from '@raftainer/cluster';
import type { SlotId } from '@raftainer/pod-spec';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-code.js';
import type { Fleet } from '../fleet/fleet.js';
import { readFleet } from '../fleet/fleet.js';
import { holdersOf } from '../fleet/holders-of.js';
import { requireKnown } from '../fleet/require-known.js';
import { hostNames } from '../fleet/view-hosts.js';
import type { WaitOptions } from '../wait/wait-options.js';
import { addWaitOptions, waitTimeoutMs } from '../wait/wait-options.js';
import { waitUntilDrained } from '../wait/wait-until-drained.js';
import type { Host } from './host.js';

interface DrainOptions extends WaitOptions {
  readonly undo?: boolean;
  readonly reason?: string;
}

type DrainAction = 'draining' | 'unchanged' | 'undone' | 'not draining';

/** `raftainer drain HOST`: asks a host to hand over what it has and to take nothing new, or takes that back. */
export function addDrain(host: Host): void {
  const command = host.program
    .command('drain')
    .description('empty a host: its slots go where they can, and it takes nothing new')
    .argument('<host>', 'name of the host')
    .option('--undo', 'let the host take slots again; what has left it stays where it is')
    .option('--reason <text>', 'for the others, shown by hosts and why')
    .action((name: string, options: DrainOptions) =>
      host.run(command, (context) => drain(context, name, options)),
    );
  addWaitOptions(command, 'wait until the host holds nothing, or say what stays and why');
}

async function drain(context: Context, name: string, options: DrainOptions): Promise<number> {
  const timeoutMs = waitTimeoutMs(options);
  if (options.undo && (options.wait || options.reason !== undefined)) {
    throw new CliError('CLI_USAGE', '--undo goes together with neither --wait nor --reason');
  }
  const { cluster, io, output } = context;
  const fleet = await readFleet(cluster, io.signal);
  requireKnown([name], hostNames(fleet), 'host');
  const before = heldBy(fleet, name);
  const action = await (options.undo
    ? undo(context, fleet, name)
    : begin(context, fleet, { name, ...options }));
  if (!output.json) await output.line(`${output.style.bold(name)}  ${action}`);
  const left = options.wait ? await waitUntilDrained(context, { host: name, before, timeoutMs }) : undefined;
  if (output.json) {
    await output.document({
      host: name,
      action,
      ...(left === undefined ? { slots: [...before] } : { staying: left }),
    });
  }
  return EXIT.ok;
}

function heldBy(fleet: Fleet, host: string): ReadonlySet<SlotId> {
  return new Set([...holdersOf(fleet)].filter(([, holder]) => holder === host).map(([slot]) => slot));
}

async function begin(
  { cluster, io }: Context,
  fleet: Fleet,
  { name, reason }: { readonly name: string; readonly reason?: string },
): Promise<DrainAction> {
  const known = fleet.drains.find(({ host }) => host === name);
  const isSame = reason === undefined || known?.info?.reason === reason;
  if (known !== undefined && isSame) return 'unchanged';
  const since = known?.info?.since ?? new Date(io.now()).toISOString();
  const info: DrainInfo = { since, ...(reason === undefined ? {} : { reason }) };
  await cluster.drains.put(name, info, { signal: io.signal });
  return 'draining';
}

async function undo({ cluster, io }: Context, fleet: Fleet, name: string): Promise<DrainAction> {
  if (!fleet.drains.some(({ host }) => host === name)) return 'not draining';
  await cluster.drains.remove(name, { signal: io.signal });
  return 'undone';
}
