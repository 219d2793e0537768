import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLI_ERRORS } from '../src/cli-error.js';
import { EXIT } from '../src/exit-code.js';
import type { Fixture } from './harness.js';
import { SERVERS } from './harness.js';
import type { TemporaryFolder } from './temporary-folder.js';
import { temporaryFolder } from './temporary-folder.js';

let fixture: Fixture;
let folder: TemporaryFolder;
let readme: string;

beforeAll(async () => {
  readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  fixture = await SERVERS[0].start();
  folder = await temporaryFolder();
});

afterAll(async () => {
  await folder.remove();
  await fixture.stop();
});

function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'm').exec(readme)?.[1] ?? '';
}

it('shows commands that work', async () => {
  const file = await folder.write('web.yaml', block('yaml'));
  const commands = block('sh').trim().split('\n');
  expect(commands.length).toBeGreaterThan(5);
  for (const line of commands) {
    const [program, ...argv] = line.replace(/#.*/, '').trim().split(/\s+/);
    expect(program).toBe('raftainer');
    const result = await fixture.cli(argv.map((word) => (word === 'web.yaml' ? file : word)));
    expect(result, line).toMatchObject({ code: 0, stderr: '' });
  }
});

it('lists every exit code and error code', () => {
  const codes = [...readme.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(EXIT));
  const errors = [...readme.matchAll(/^\| `(CLI_\w+)`/gm)].map(([, code]) => code);
  expect(errors).toEqual(Object.keys(CLI_ERRORS));
});
