import type { PodRecord } from '@raftainer/cluster';
import { canonicalForm } from '@raftainer/pod-spec';
import type { Pod } from '@raftainer/pod-spec';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import type { Definition } from '../definitions/definition.js';
import { invalidDefinitions } from '../definitions/describe-problems.js';
import { readDefinitions } from '../definitions/read-definitions.js';
import { EXIT } from '../exit-code.js';
import type { WaitOptions } from '../wait/wait-options.js';
import { addWaitOptions, waitTimeoutMs } from '../wait/wait-options.js';
import { waitUntilReady } from '../wait/wait-until-ready.js';
import type { Host } from './host.js';

interface ApplyOptions extends WaitOptions {
  readonly file: readonly string[];
}

type ApplyAction = 'created' | 'changed' | 'unchanged';

interface Applied {
  readonly name: string;
  readonly action: ApplyAction;
  readonly revision: string;
  readonly source: string;
}

/** `raftainer apply -f FILE...`: makes the stored definitions those of the files. */
export function addApply(host: Host): void {
  const command = host.program
    .command('apply')
    .description('create or change pods from definitions')
    .requiredOption('-f, --file <file...>', 'files or folders of YAML or JSON; "-" for standard input')
    .action((options: ApplyOptions) => host.run(command, (context) => apply(context, options)));
  addWaitOptions(command, 'wait until every slot is healthy');
}

async function apply(context: Context, options: ApplyOptions): Promise<number> {
  const timeoutMs = waitTimeoutMs(options);
  const { definitions, problems } = await readDefinitions(options.file, context.io);
  if (problems.length > 0) {
    throw invalidDefinitions(problems);
  }
  const { pods: stored } = await context.cluster.pods.list({ signal: context.io.signal });
  const known = new Map(stored.map((record) => [record.name, record]));
  const applied: Applied[] = [];
  for (const definition of definitions) {
    const result = await applyOne(context, definition, known.get(definition.pod.name));
    applied.push(result);
    await printOne(context, result);
  }
  if (options.wait) {
    await waitUntilReady(context, { pods: applied.map(({ name }) => name), timeoutMs });
  }
  if (context.output.json) {
    await context.output.document({ pods: applied });
  }
  return EXIT.ok;
}

async function applyOne(
  context: Context,
  definition: Definition,
  stored: PodRecord | undefined,
): Promise<Applied> {
  const { pods } = context.cluster;
  const { pod, source, revision } = definition;
  const applied = { name: pod.name, revision, source };
  if (isSame(stored, pod)) {
    return { ...applied, action: 'unchanged' };
  }
  const call = { signal: context.io.signal, cas: stored?.modifyIndex ?? 0 };
  if (await pods.put(pod.name, definition.input, call)) {
    return { ...applied, action: stored === undefined ? 'created' : 'changed' };
  }
  if (isSame(await pods.get(pod.name, { signal: context.io.signal }), pod)) {
    return { ...applied, action: 'unchanged' };
  }
  throw new CliError(
    'CLI_CONFLICT',
    `somebody else changed pod "${pod.name}" at the same time, and their definition was kept; look at it and apply again`,
  );
}

function isSame(record: PodRecord | undefined, pod: Pod): boolean {
  return record?.result.ok === true && canonicalForm(record.result.pod) === canonicalForm(pod);
}

async function printOne({ output }: Context, { name, action }: Applied): Promise<void> {
  if (!output.json) {
    const word = action === 'unchanged' ? output.style.dim(action) : output.style.good(action);
    await output.line(`${output.style.bold(name)}  ${word}`);
  }
}
