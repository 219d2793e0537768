import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runReadmeExample } from './readme-example.js';

let folder: string;

beforeEach(async () => {
  // Inside this package, so that the loader it needs is found.
  const cache = join(import.meta.dirname, '..', '.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'package-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'x', type: 'module' }));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function readme(code: string): Promise<void> {
  await writeFile(
    join(folder, 'README.md'),
    `# x\n\n\`\`\`sh\nfalse\n\`\`\`\n\n\`\`\`ts\n${code}\n\`\`\`\n\n\`\`\`ts\nsecond\n\`\`\`\n`,
  );
}

describe('runReadmeExample', () => {
  it('runs the first ts block, and leaves nothing behind', async () => {
    await readme(
      `const n: number = 42;\nconsole.log(n); // prints: 42\nconsole.log(process.env.WHO); // prints: wor…`,
    );
    const { stdout } = await runReadmeExample(folder, { env: { WHO: 'world' } });
    expect(stdout).toBe('42\nworld\n');
    expect(await readdir(join(folder, '.cache'))).toEqual([]);
  });

  it('takes a file URL', async () => {
    await readme(`console.log('hello');`);
    expect((await runReadmeExample(pathToFileURL(folder))).stdout).toBe('hello\n');
  });

  it('fails when the output is not what the comments claim', async () => {
    await readme(`console.log(43); // prints: 42`);
    await expect(runReadmeExample(folder)).rejects.toThrow(/says it prints\n {2}42\nbut it printed\n43/);
  });

  it('fails when the claimed lines come in another order', async () => {
    await readme(`console.log(1); // prints: 2\nconsole.log(2); // prints: 1`);
    await expect(runReadmeExample(folder)).rejects.toThrow('says it prints');
  });

  it('fails with the error of the example', async () => {
    await readme(`throw new Error('broken on purpose');`);
    await expect(runReadmeExample(folder)).rejects.toThrow('broken on purpose');
  });

  it('ends an example that does not end', async () => {
    await readme(`setInterval(() => undefined, 1_000);`);
    await expect(runReadmeExample(folder, { timeoutMs: 1_500 })).rejects.toThrow('did not end in time');
  });

  it('asks for a block when there is none', async () => {
    await writeFile(join(folder, 'README.md'), '# x\n');
    await expect(runReadmeExample(folder)).rejects.toThrow('has no block');
  });
});
