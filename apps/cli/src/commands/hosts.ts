import { noteTrouble } from '../agent/note-trouble.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-code.js';
import { readFleet } from '../fleet/fleet.js';
import { requireKnown } from '../fleet/require-known.js';
import { viewHosts } from '../fleet/view-hosts.js';
import { hostJson, hostRow, HOSTS_HEADER } from '../output/host-rows.js';
import { formatTable } from '../output/table.js';
import type { Host } from './host.js';

/** `raftainer hosts [HOST...]`: every host with its state, what it has, and what is allocated of it. */
export function addHosts(host: Host): void {
  const command = host.program
    .command('hosts')
    .description('show hosts: state, capacity, what is allocated, slots, labels, agent')
    .argument('[host...]', 'only these hosts')
    .action((names: readonly string[]) =>
      host.run(command, async (context) => {
        await noteTrouble(context);
        return hosts(context, names);
      }),
    );
}

async function hosts({ cluster, io, output }: Context, names: readonly string[]): Promise<number> {
  const all = viewHosts(await readFleet(cluster, io.signal));
  requireKnown(
    names,
    all.map((view) => view.host),
    'host',
  );
  const views = names.length === 0 ? all : all.filter((view) => names.includes(view.host));
  if (output.json) {
    await output.document({ hosts: views.map(hostJson) });
    return EXIT.ok;
  }
  if (views.length === 0) {
    await output.note('no hosts; start an agent with: raftainer-agent');
    return EXIT.ok;
  }
  const rows = views.map((view) => hostRow(view, output.style));
  for (const line of formatTable([HOSTS_HEADER, ...rows])) await output.line(line);
  return EXIT.ok;
}
