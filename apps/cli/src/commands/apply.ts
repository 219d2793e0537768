import type { PodRecord } from '@raftainer/cluster';
import { canonicalForm } from '@raftainer/pod-spec';
import type { Pod } from '@raftainer/pod-spec';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import type { Definition } from '../definitions/definition.js';
import { invalidDefinitions } from '../definitions/describe-problems.js';
import { readDefinitions } from '../definitions/read-definitions.js';
import { EXIT } from '../exit-code.js';
import { changedSince } from '../plan/changed-since.js';
import type { SavedPod } from '../plan/plan-file.js';
import { readPlan } from '../plan/plan-file.js';
import type { WaitOptions } from '../wait/wait-options.js';
import { addWaitOptions, waitTimeoutMs } from '../wait/wait-options.js';
import { waitUntilReady } from '../wait/wait-until-ready.js';
import type { Host } from './host.js';

interface ApplyOptions extends WaitOptions {
  readonly file?: readonly string[];
  readonly plan?: string;
}

/** A definition to be stored. */
interface Wanted extends Pick<Definition, 'pod' | 'input' | 'revision' | 'source'> {
  /** What a plan saw of it. */
  readonly saved?: SavedPod;
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
    .option('-f, --file <file...>', 'files or folders of YAML or JSON; "-" for standard input')
    .option('--plan <file>', 'a plan that `raftainer plan --out` saved, if nothing has changed since')
    .action((options: ApplyOptions) => host.run(command, (context) => apply(context, options)));
  addWaitOptions(command, 'wait until every slot is healthy');
}

async function apply(context: Context, options: ApplyOptions): Promise<number> {
  const timeoutMs = waitTimeoutMs(options);
  const wanted = await readWanted(context, options);
  const { pods: stored } = await context.cluster.pods.list({ signal: context.io.signal });
  refuseStale(wanted, stored);
  const known = new Map(stored.map((record) => [record.name, record]));
  const applied: Applied[] = [];
  for (const definition of wanted) {
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

/** The definitions of files, or those of a plan with what it saw. */
async function readWanted({ io }: Context, { file, plan }: ApplyOptions): Promise<readonly Wanted[]> {
  if ((file === undefined) === (plan === undefined)) {
    throw new CliError('CLI_USAGE', 'name either definitions with --file, or a saved plan with --plan');
  }
  if (plan !== undefined) {
    const saved = await readPlan(plan);
    return saved.map((pod) => ({ ...pod, input: pod.definition, source: plan, saved: pod }));
  }
  const { definitions, problems } = await readDefinitions(file ?? [], io);
  if (problems.length > 0) {
    throw invalidDefinitions(problems);
  }
  return definitions;
}

/** Nothing of a plan is written when anything that it saw is not so any more. */
function refuseStale(wanted: readonly Wanted[], stored: readonly PodRecord[]): void {
  const changed = changedSince(
    wanted.flatMap(({ saved }) => (saved === undefined ? [] : [saved])),
    stored,
  );
  if (changed.length === 0) return;
  const lines = changed.map(({ message }) => `  ${message}`);
  throw new CliError(
    'CLI_PLAN_STALE',
    `since the plan was made (nothing was written; plan again):\n${lines.join('\n')}`,
    { details: { changed: changed.map(({ message: _message, ...rest }) => rest) } },
  );
}

async function applyOne(
  context: Context,
  definition: Wanted,
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
