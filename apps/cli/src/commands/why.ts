import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-code.js';
import { readFleet } from '../fleet/fleet.js';
import { requireKnown } from '../fleet/require-known.js';
import { viewPods } from '../fleet/view-pods.js';
import { whyPod } from '../fleet/why-pod.js';
import { parseLogTarget } from '../logs/log-target.js';
import { whyJson } from '../output/why-json.js';
import { whyLines } from '../output/why-lines.js';
import type { Host } from './host.js';

/** `raftainer why POD[/INDEX]`: who holds each slot or what it waits for, and every host's answer. */
export function addWhy(host: Host): void {
  const command = host.program
    .command('why')
    .description('explain where the slots of a pod run or why they do not, host by host, rule by rule')
    .argument('<pod>', 'POD for all its slots, or POD/INDEX for one')
    .action((text: string) => host.run(command, (context) => why(context, text)));
}

async function why({ cluster, io, output }: Context, text: string): Promise<number> {
  const { pod: name, index } = parseLogTarget(text, undefined);
  const fleet = await readFleet(cluster, io.signal);
  const pods = viewPods(fleet);
  requireKnown(
    [name],
    pods.map((pod) => pod.name),
  );
  const answers = pods.filter((pod) => pod.name === name).map((pod) => whyPod(fleet, pod, index));
  const [answer] = answers;
  if (answer === undefined || (index !== undefined && answer.slots.length === 0)) {
    throw new CliError('CLI_NOT_FOUND', `pod "${name}" has no slot ${index ?? 0}, wanted or held`, {
      details: { missing: [text] },
    });
  }
  if (output.json) {
    await output.document(whyJson(answer));
    return EXIT.ok;
  }
  for (const line of whyLines(answer, { style: output.style, now: io.now() })) await output.line(line);
  return EXIT.ok;
}
