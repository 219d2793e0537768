import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How {@link runReadmeExample} runs the example. */
export interface ReadmeExampleOptions {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default 60 s. */
  readonly timeoutMs?: number;
}

/** What the example printed. */
export interface ReadmeExampleResult {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the first `ts` block of a package's README as a program of that package, on the repository's sources, and
 * checks every `// prints: TEXT` comment in it: these lines must appear in the output, whole and in this order (an
 * ellipsis in TEXT stands for anything).
 *
 * @param packageDir path or `file:` URL of the package's folder
 * @throws Error when there is no such block, when it fails, or when its output is not what it claims.
 */
export async function runReadmeExample(
  packageDir: string | URL,
  options: ReadmeExampleOptions = {},
): Promise<ReadmeExampleResult> {
  const folder = toPath(packageDir);
  const code = firstTypeScriptBlock(await readFile(join(folder, 'README.md'), 'utf8'), folder);
  const result = await runProgram({ folder, code, ...options });
  checkOutput(result.stdout, claimsOf(code));
  return result;
}

function toPath(packageDir: string | URL): string {
  return packageDir instanceof URL || packageDir.startsWith('file:') ? fileURLToPath(packageDir) : packageDir;
}

function firstTypeScriptBlock(markdown: string, folder: string): string {
  const code = /^```ts\b[^\n]*\n([\s\S]*?)^```/m.exec(markdown)?.[1];
  if (code === undefined)
    throw new Error(`${join(folder, 'README.md')} has no block that begins with \`\`\`ts.`);
  return code;
}

interface Program extends ReadmeExampleOptions {
  readonly folder: string;
  readonly code: string;
}

async function runProgram({ folder, code, env, timeoutMs = 60_000 }: Program): Promise<ReadmeExampleResult> {
  // Inside the package, so that its own name and its dependencies resolve as they do for its sources.
  const cache = join(folder, '.cache');
  const file = join(cache, `readme-${randomBytes(4).toString('hex')}.mts`);
  await mkdir(cache, { recursive: true });
  await writeFile(file, code);
  try {
    const flags = ['--conditions=@raftainer/source', '--import', 'tsx'];
    return await run(process.execPath, [...flags, file], {
      cwd: folder,
      env: { ...process.env, ...env },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
  } catch (error: unknown) {
    throw new Error(`The README example of ${folder} failed: ${explain(error)}`, { cause: error });
  } finally {
    await rm(file, { force: true });
  }
}

function explain(error: unknown): string {
  const { killed, stdout, stderr } = error as { killed?: boolean; stdout?: string; stderr?: string };
  return `${killed === true ? 'it did not end in time\n' : ''}${stderr ?? String(error)}\n${stdout ?? ''}`;
}

function claimsOf(code: string): readonly string[] {
  return [...code.matchAll(/\/\/ prints: (.*)$/gm)].map((match) => (match[1] ?? '').trim());
}

function checkOutput(stdout: string, claims: readonly string[]): void {
  const lines = stdout.split('\n').map((line) => line.trim());
  let from = 0;
  for (const claim of claims) {
    const pattern = new RegExp(
      `^${claim
        .split(/\.{3}|…/)
        .map(escape)
        .join('.*')}$`,
    );
    const at = lines.findIndex((line, index) => index >= from && pattern.test(line));
    if (at < 0) throw new Error(`The README example says it prints\n  ${claim}\nbut it printed\n${stdout}`);
    from = at + 1;
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
