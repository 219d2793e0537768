import type { Context } from '../context.js';
import { invalidDefinitions } from '../definitions/describe-problems.js';
import { readDefinitions } from '../definitions/read-definitions.js';
import { EXIT } from '../exit-code.js';
import { readFleet } from '../fleet/fleet.js';
import { planLines, podPlanJson } from '../output/plan-lines.js';
import { makePlan } from '../plan/make-plan.js';
import { writePlan } from '../plan/plan-file.js';
import type { Host } from './host.js';

interface PlanOptions {
  readonly file: readonly string[];
  readonly out?: string;
}

/** `raftainer plan -f FILE...`: what `apply` would change, and where the agents would run it. Writes nothing to Consul. */
export function addPlan(host: Host): void {
  const command = host.program
    .command('plan')
    .description('show what apply would change and where it would run; changes nothing')
    .requiredOption('-f, --file <file...>', 'files or folders of YAML or JSON; "-" for standard input')
    .option('-o, --out <file>', 'save it, for: raftainer apply --plan FILE')
    .action((options: PlanOptions) => host.run(command, (context) => plan(context, options)));
}

async function plan({ cluster, io, output }: Context, options: PlanOptions): Promise<number> {
  const { definitions, problems } = await readDefinitions(options.file, io);
  if (problems.length > 0) {
    throw invalidDefinitions(problems);
  }
  const made = makePlan(await readFleet(cluster, io.signal), definitions);
  if (options.out !== undefined) await writePlan(options.out, made);
  if (output.json) {
    await output.document({ index: made.index, pods: made.pods.map(podPlanJson) });
  } else {
    for (const line of planLines(made, output.style)) await output.line(line);
  }
  return made.pods.every(({ change }) => change === 'unchanged') ? EXIT.ok : EXIT.changes;
}
