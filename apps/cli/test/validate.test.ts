import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from './harness.js';
import type { TemporaryFolder } from './temporary-folder.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(() => folder.remove());

const yaml = (name: string, more = ''): string =>
  `name: ${name}\ncontainers:\n  - name: app\n    image: busybox:1\n${more}`;

describe('validate', () => {
  it('is content with valid definitions in every form', async () => {
    const one = await folder.write('one.yaml', `${yaml('a')}---\n${yaml('b')}`);
    const two = await folder.write('two.json', {
      name: 'c',
      containers: [{ name: 'app', image: 'busybox:1' }],
    });
    const result = await cli(['validate', '-f', one, two, '-f', '-', '--json'], { stdin: yaml('d') });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(result.stdout)).toMatchObject({
      valid: true,
      problems: [],
      pods: [
        { name: 'a', source: one, document: 1, revision: expect.stringMatching(/^[0-9a-f]+$/) as string },
        { name: 'b', source: one, document: 2 },
        { name: 'c', source: two, document: 1 },
        { name: 'd', source: 'standard input', document: 1 },
      ],
    });
  });

  it('says all that is wrong with all files at once', async () => {
    const bad = await folder.write(
      'bad.yaml',
      `${yaml('a', 'instancs: 2\ninstances: many\n')}---\n${yaml('b_1')}`,
    );
    const broken = await folder.write('broken.json', '{"name": ');
    const again = await folder.write('again.yml', `${yaml('x')}---\n${yaml('x')}`);
    const missing = join(folder.path, 'missing.yaml');
    const { code, stdout } = await cli(['validate', '-f', bad, broken, again, missing]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/bad\.yaml, document 1 \(a\): instancs: .*did you mean "instances"/);
    expect(stdout).toMatch(/bad\.yaml, document 1 \(a\): instances: /);
    expect(stdout).toMatch(/bad\.yaml, document 2 \(b_1\): name: /);
    expect(stdout).toMatch(/broken\.json, document 1: line 1/);
    expect(stdout).toMatch(
      /again\.yml, document 2 \(x\): name: "x" is defined before, in .*again\.yml, document 1/,
    );
    expect(stdout).toMatch(/missing\.yaml: there is no such file/);
  });

  it('reads the definitions of a folder, in order, and not below it', async () => {
    await folder.write('b.yml', yaml('b'));
    await folder.write('a.json', { name: 'a', containers: [{ name: 'app', image: 'busybox:1' }] });
    await folder.write('notes.txt', 'not a pod');
    await folder.write('.hidden.yaml', 'not: a pod');
    await mkdir(join(folder.path, 'below.yaml'));
    const { code, stdout } = await cli(['validate', '-f', folder.path]);
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['a', 'b', '']);
  });

  it('takes an empty folder and an empty file for mistakes', async () => {
    expect(await cli(['validate', '-f', folder.path])).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('holds no .json, .yaml or .yml file') as string,
    });
    const empty = await folder.write('empty.yaml', '# nothing\n');
    expect((await cli(['validate', '-f', empty])).code).toBe(2);
  });

  it('refuses a definition of 600 kB with its size', async () => {
    const file = await folder.write('big.yaml', yaml('big', `labels:\n  x: ${'y'.repeat(600_000)}\n`));
    const { code, stdout } = await cli(['validate', '-f', file]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/big\.yaml, document 1 \(big\): /);
    expect(stdout.length).toBeLessThan(1000);
  });
});

describe('the command line', () => {
  it('prints its version, and help with the exit codes', async () => {
    expect(await cli(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
    const help = await cli(['--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(/130 {2}interrupted/);
    expect((await cli(['ps', '--help'])).stdout).toContain('--consul-addr');
  });

  it('shows help when it is given nothing', async () => {
    expect(await cli([])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Usage: /) as string,
    });
  });

  it.each([
    [['aply'], /unknown command 'aply'\n\(Did you mean apply\?\)/],
    [['apply'], /name either definitions with --file/],
    [['apply', '-f', 'x', '--wiat'], /unknown option '--wiat'\n\(Did you mean --wait\?\)/],
    [['apply', '-f', '-', '--timeout', 'soon'], /"soon" is no time to wait/],
    [['ps', '--consul-addr', 'http://a:b:c/'], /CONSUL_HTTP_ADDR/],
    [['logs', 'Web'], /"Web" names no pod/],
    [['logs', 'web/x'], /"web\/x" names no pod/],
    [['logs', 'web', '--tail', 'all'], /"all" is no number of lines/],
    [['logs', 'web', '--since', 'breakfast'], /"breakfast" is no time/],
    [['scale', 'web'], /"web" is no target/],
    [['scale', 'web', '-1'], /"web=-1" is no target/],
    [['scale', 'web', '1.5'], /"web=1.5" is no target/],
    [['scale', '=2'], /"=2" is no target/],
    [['scale', 'web=2', 'web=3'], /given twice/],
    [['rm'], /missing required argument/],
  ])('refuses %j with exit code 2', async (argv, message) => {
    const result = await cli(argv);
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) as string });
    const asJson = await cli([...argv, '--json']);
    expect(asJson).toMatchObject({ code: 2, stdout: '' });
    expect(JSON.parse(asJson.stderr)).toMatchObject({
      error: { code: expect.stringMatching(/^(CLI_USAGE|CONSUL_BAD_OPTIONS)$/) as string },
    });
  });

  it('says with exit code 3 that Consul does not answer', async () => {
    const result = await cli(['ps', '--consul-addr', '127.0.0.1:1', '--json']);
    expect(result.code).toBe(3);
    expect(JSON.parse(result.stderr)).toMatchObject({ error: { code: 'CONSUL_UNAVAILABLE' } });
  });

  it('says with exit code 3 that Docker does not answer', async () => {
    const result = await cli(['logs', 'web'], { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
    expect(result).toMatchObject({ code: 3, stdout: '' });
  });

  it('uses colours on a terminal only, and none where they are not wanted', async () => {
    const file = await folder.write('a.yaml', yaml('a'));
    const argv = ['validate', '-f', file];
    expect((await cli(argv, { isTTY: true })).stdout).toContain('\u001b[');
    expect((await cli(argv, { isTTY: true, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b[');
    expect((await cli(argv)).stdout).not.toContain('\u001b[');
  });
});
