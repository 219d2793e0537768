import type { ScaleResult } from '@raftainer/cluster';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-code.js';
import { requireKnown } from '../fleet/require-known.js';
import type { WaitOptions } from '../wait/wait-options.js';
import { addWaitOptions, waitTimeoutMs } from '../wait/wait-options.js';
import { waitUntilReady } from '../wait/wait-until-ready.js';
import type { Host } from './host.js';

interface Target {
  readonly name: string;
  readonly instances: number;
}

/** `raftainer scale POD=N...` or `scale POD N`: changes how many slots a pod has, and nothing else of it. */
export function addScale(host: Host): void {
  const command = host.program
    .command('scale')
    .description('change the number of instances of pods')
    .argument('<target...>', 'POD=N, several if need be; or POD N')
    .action((targets: readonly string[], options: WaitOptions) =>
      host.run(command, (context) => scale(context, targets, options)),
    );
  addWaitOptions(command, 'wait until every slot is healthy');
}

async function scale(context: Context, words: readonly string[], options: WaitOptions): Promise<number> {
  const timeoutMs = waitTimeoutMs(options);
  const targets = parseTargets(words);
  const { cluster, output, io } = context;
  const { pods } = await cluster.pods.list({ signal: io.signal });
  const names = targets.map(({ name }) => name);
  requireKnown(
    names,
    pods.map(({ name }) => name),
  );
  const results: ScaleResult[] = [];
  for (const { name, instances } of targets) {
    const result = await cluster.pods.scale(name, instances, { signal: io.signal });
    results.push(result);
    if (!output.json) {
      const change = result.changed ? `${result.from} → ${result.to}` : `${result.to}, as it was`;
      await output.line(`${output.style.bold(name)}  ${change}`);
    }
  }
  if (options.wait) {
    await waitUntilReady(context, { pods: names, timeoutMs });
  }
  if (output.json) {
    await output.document({ pods: results.map(toJson) });
  }
  return EXIT.ok;
}

/** `web=3 db=1` or `web 3`. Throws `CLI_USAGE`. */
export function parseTargets(words: readonly string[]): readonly Target[] {
  const isPair = words.length === 2 && words.every((word) => !word.includes('='));
  const targets = isPair ? [words.join('=')] : words;
  const parsed = targets.map(parseTarget);
  const repeated = parsed.find(
    ({ name }, index) => parsed.findIndex((other) => other.name === name) !== index,
  );
  if (repeated !== undefined) {
    throw new CliError('CLI_USAGE', `"${repeated.name}" is given twice`);
  }
  return parsed;
}

function parseTarget(word: string): Target {
  const [, name, count] = /^([^=]+)=(\d{1,6})$/.exec(word) ?? [];
  if (name === undefined || count === undefined) {
    throw new CliError('CLI_USAGE', `"${word}" is no target; write POD=N with a whole number, as in web=3`);
  }
  return { name, instances: Number(count) };
}

function toJson({ name, from, to, changed }: ScaleResult): unknown {
  return { name, action: changed ? 'changed' : 'unchanged', from, to };
}
