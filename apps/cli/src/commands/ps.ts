import { noteTrouble } from '../agent/note-trouble.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-code.js';
import { readFleet } from '../fleet/fleet.js';
import type { PodView } from '../fleet/pod-view.js';
import { requireKnown } from '../fleet/require-known.js';
import { viewPods } from '../fleet/view-pods.js';
import { podJson } from '../output/pod-json.js';
import { podRows, PS_HEADER } from '../output/pod-rows.js';
import { formatTable } from '../output/table.js';
import type { Host } from './host.js';

/** `raftainer ps [POD...]`: the pods and their slots as they are, and why they are not as they should be. */
export function addPs(host: Host): void {
  const command = host.program
    .command('ps')
    .description('show pods and their slots, and why they do not run')
    .argument('[pod...]', 'only these pods')
    .action((names: readonly string[]) =>
      host.run(command, async (context) => {
        await noteTrouble(context);
        return ps(context, names);
      }),
    );
}

async function ps({ cluster, io, output }: Context, names: readonly string[]): Promise<number> {
  const all = viewPods(await readFleet(cluster, io.signal));
  requireKnown(
    names,
    all.map(({ name }) => name),
  );
  const pods = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  if (output.json) {
    await output.document({ pods: pods.map(podJson) });
  } else if (pods.length === 0) {
    await output.note('no pods; apply a definition with: raftainer apply -f FILE');
  } else {
    await printTable({ output, io }, pods);
  }
  return EXIT.ok;
}

async function printTable(
  { output, io }: Pick<Context, 'output' | 'io'>,
  pods: readonly PodView[],
): Promise<void> {
  const rows = pods.flatMap((pod) => podRows(pod, output.style, io.now()));
  for (const line of formatTable([PS_HEADER, ...rows])) {
    await output.line(line);
  }
}
