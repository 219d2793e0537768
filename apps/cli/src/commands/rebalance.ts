import type { Context } from '../context.js';
import { EXIT } from '../exit-code.js';
import { readFleet } from '../fleet/fleet.js';
import type { Rebalance } from '../fleet/rebalance.js';
import { rebalanceOf } from '../fleet/rebalance.js';
import { worldOf } from '../fleet/world-of.js';
import { formatTable } from '../output/table.js';
import type { MoveOutcome } from '../wait/move-slot.js';
import { moveSlot } from '../wait/move-slot.js';
import { waitTimeoutMs } from '../wait/wait-options.js';
import type { Host } from './host.js';

interface RebalanceOptions {
  readonly yes?: boolean;
  readonly timeout: string;
}

/** `raftainer rebalance`: the moves that would spread the slots as if all were placed anew; `--yes` makes them. */
export function addRebalance(host: Host): void {
  const command = host.program
    .command('rebalance')
    .description('show which slots would be elsewhere if all were placed anew; move them with --yes')
    .option('--yes', 'move them, one after the other; an exclusive slot is down while it moves')
    .option('--timeout <duration>', 'how long to wait for each at most, such as 90s or 5m', '5m')
    .action((options: RebalanceOptions) => host.run(command, (context) => rebalance(context, options)));
}

async function rebalance(context: Context, options: RebalanceOptions): Promise<number> {
  const timeoutMs = waitTimeoutMs(options);
  const { cluster, io, output } = context;
  const plan = rebalanceOf(worldOf(await readFleet(cluster, io.signal)));
  if (!output.json) await print(context, plan);
  const outcomes = options.yes ? await carryOut(context, plan, timeoutMs) : undefined;
  if (output.json) {
    const moves = plan.moves.map((move, index) => ({ ...move, outcome: outcomes?.[index] }));
    await output.document({ moves, hosts: plan.hosts });
  } else if (outcomes === undefined && plan.moves.length > 0) {
    await output.note('nothing was moved; do it with: raftainer rebalance --yes');
  }
  return EXIT.ok;
}

async function print({ output }: Context, { moves, hosts }: Rebalance): Promise<void> {
  if (moves.length === 0) {
    await output.note('nothing to move: every slot is where it would be placed anew, or as good');
    return;
  }
  const change = (
    { before, after }: { readonly before: number; readonly after: number },
    unit = '',
  ): string => `${before}${unit} → ${after}${unit}`;
  const tables = [
    [['SLOT', 'FROM', 'TO'], ...moves.map(({ slot, from, to }) => [slot, from, to])],
    [
      ['HOST', 'SLOTS', 'FULL'],
      ...hosts.map(({ host, slots, percent }) => [host, change(slots), change(percent, ' %')]),
    ],
  ];
  for (const line of tables.flatMap((table) => ['', ...formatTable(table)]).slice(1)) await output.line(line);
}

/** One after the other, so that no pod loses more than one slot at a time; the first that fails ends it. */
async function carryOut(
  context: Context,
  { moves }: Rebalance,
  timeoutMs: number,
): Promise<readonly MoveOutcome[]> {
  const outcomes: MoveOutcome[] = [];
  for (const move of moves) {
    const outcome = await moveSlot(context, move, timeoutMs);
    outcomes.push(outcome);
    if (!context.output.json) {
      const words = {
        moved: `is on ${move.to} now`,
        elsewhere: `went to another host than ${move.to}`,
        obsolete: `was not on ${move.from} any more, nothing was done`,
      };
      await context.output.line(`${context.output.style.bold(move.slot)}  ${words[outcome]}`);
    }
  }
  return outcomes;
}
