import type { Context } from '../context.js';
import type { Definitions } from '../definitions/definition.js';
import { describeProblems } from '../definitions/describe-problems.js';
import { readDefinitions } from '../definitions/read-definitions.js';
import { EXIT } from '../exit-code.js';
import type { Host } from './host.js';

interface ValidateOptions {
  readonly file: readonly string[];
}

/** `raftainer validate -f FILE...`: says all that is wrong with definitions; asks neither Consul nor Docker. */
export function addValidate(host: Host): void {
  const command = host.program
    .command('validate')
    .description('check pod definitions without applying them')
    .requiredOption('-f, --file <file...>', 'files or folders of YAML or JSON; "-" for standard input')
    .action((options: ValidateOptions) => host.run(command, (context) => validate(context, options)));
}

async function validate(context: Context, options: ValidateOptions): Promise<number> {
  const found = await readDefinitions(options.file, context.io);
  const { output } = context;
  const { definitions, problems } = found;
  const isValid = problems.length === 0;
  if (output.json) {
    await output.document(toJson(found));
  } else {
    for (const { pod, source, revision } of isValid ? definitions : []) {
      await output.line(
        `${output.style.bold(pod.name)}  ${output.style.good('valid')}  ${output.style.dim(`${source}, revision ${revision.slice(0, 12)}`)}`,
      );
    }
    for (const line of describeProblems(problems)) {
      await output.line(output.style.bad(line));
    }
  }
  return isValid ? EXIT.ok : EXIT.invalid;
}

function toJson({ definitions, problems }: Definitions): unknown {
  return {
    valid: problems.length === 0,
    pods: definitions.map(({ pod, source, document, revision }) => ({
      name: pod.name,
      source,
      document,
      revision,
    })),
    problems,
  };
}
