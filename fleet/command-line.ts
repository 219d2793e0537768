/**
 * What `read` makes of the command line, handed to `run`; with `--help` the usage is printed. An option that makes no sense
 * ends in the sentence that says so: a stack would only hide it.
 */
export async function runCommand<T>(command: {
  readonly usage: string;
  readonly read: (args: readonly string[]) => T | undefined;
  readonly run: (options: T) => Promise<void>;
}): Promise<void> {
  let options: T | undefined;
  try {
    options = command.read(process.argv.slice(2));
  } catch (error: unknown) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
    return;
  }
  if (options === undefined) process.stdout.write(`${command.usage}\n`);
  else await command.run(options);
}
