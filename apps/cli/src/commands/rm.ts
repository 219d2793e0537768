import type { Context } from '../context.js';
import { EXIT } from '../exit-code.js';
import { readFleet } from '../fleet/fleet.js';
import { requireKnown } from '../fleet/require-known.js';
import { viewPods } from '../fleet/view-pods.js';
import type { WaitOptions } from '../wait/wait-options.js';
import { addWaitOptions, waitTimeoutMs } from '../wait/wait-options.js';
import { waitUntilGone } from '../wait/wait-until-gone.js';
import type { Host } from './host.js';

interface Removed {
  readonly name: string;
  /** `absent`: the definition was gone before, and only slots were left. */
  readonly action: 'removed' | 'absent';
}

/** `raftainer rm POD...`: removes definitions; the agents then stop and remove the containers. */
export function addRm(host: Host): void {
  const command = host.program
    .command('rm')
    .description('remove pods')
    .argument('<pod...>', 'names of pods')
    .action((names: readonly string[], options: WaitOptions) =>
      host.run(command, (context) => remove(context, names, options)),
    );
  addWaitOptions(command, 'wait until the containers are gone');
}

async function remove(context: Context, given: readonly string[], options: WaitOptions): Promise<number> {
  const timeoutMs = waitTimeoutMs(options);
  const names = [...new Set(given)];
  const { cluster, output, io } = context;
  const pods = viewPods(await readFleet(cluster, io.signal));
  requireKnown(
    names,
    pods.map(({ name }) => name),
  );
  const removed: Removed[] = [];
  for (const name of names) {
    const isDefined = pods.some((pod) => pod.name === name && pod.definition !== 'removed');
    if (isDefined) {
      await cluster.pods.remove(name, { signal: io.signal });
    }
    removed.push({ name, action: isDefined ? 'removed' : 'absent' });
    if (!output.json) {
      await output.line(`${output.style.bold(name)}  ${isDefined ? 'removed' : 'was removed before'}`);
    }
  }
  if (options.wait) {
    await waitUntilGone(context, { pods: names, timeoutMs });
  }
  if (output.json) {
    await output.document({ pods: removed });
  }
  return EXIT.ok;
}
