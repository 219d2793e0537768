import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-code.js';
import { readFleet } from '../fleet/fleet.js';
import { requireKnown } from '../fleet/require-known.js';
import { viewPods } from '../fleet/view-pods.js';
import { parseLogTarget } from '../logs/log-target.js';
import { SECRETS_HEADER, secretRows } from '../output/secret-rows.js';
import { formatTable } from '../output/table.js';
import type { Host } from './host.js';

/** `raftainer secrets POD[/INDEX]`: the secrets that each slot uses, when they end and whether they are stale; never a value. */
export function addSecrets(host: Host): void {
  const command = host.program
    .command('secrets')
    .description('show which secrets the slots of a pod use, when they end, and whether they are stale')
    .argument('<pod>', 'POD for all its slots, or POD/INDEX for one')
    .action((text: string) => host.run(command, (context) => secrets(context, text)));
}

async function secrets({ cluster, io, output }: Context, text: string): Promise<number> {
  const { pod: name, index } = parseLogTarget(text, undefined);
  const pods = viewPods(await readFleet(cluster, io.signal));
  requireKnown(
    [name],
    pods.map((pod) => pod.name),
  );
  const all = pods.find((pod) => pod.name === name)?.slots ?? [];
  const slots = index === undefined ? all : all.filter((slot) => slot.index === index);
  if (index !== undefined && slots.length === 0) {
    throw new CliError('CLI_NOT_FOUND', `pod "${name}" has no slot ${index}, wanted or held`, {
      details: { missing: [text] },
    });
  }
  if (output.json) {
    const shown = slots.map(({ slot, host, secrets: used }) => ({ slot, host, secrets: used }));
    await output.document({ pod: name, slots: shown });
    return EXIT.ok;
  }
  const rows = slots.flatMap((slot) => secretRows(slot, { style: output.style, now: io.now() }));
  if (rows.length === 0) await output.note(`no slot of ${name} uses a secret`);
  else for (const line of formatTable([SECRETS_HEADER, ...rows])) await output.line(line);
  return EXIT.ok;
}
