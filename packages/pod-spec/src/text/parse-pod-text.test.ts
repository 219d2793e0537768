import { describe, expect, it } from 'vitest';

import { parsePodText } from './parse-pod-text.js';

import type { ParsedDocument, ParseTextOptions } from './parse-pod-text.js';

const POD = 'name: web\ncontainers: [{ name: app, image: nginx }]\n';

function messages(text: string, options?: ParseTextOptions): readonly string[] {
  return parsePodText(text, options).flatMap(({ result }) =>
    result.ok
      ? []
      : result.problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)),
  );
}

function names(documents: readonly ParsedDocument[]): readonly (string | undefined)[] {
  return documents.map(({ result }) => (result.ok ? result.pod.name : undefined));
}

describe('parsePodText', { timeout: 60_000 }, () => {
  it('reads YAML documents, with the line on which each begins', () => {
    const documents = parsePodText(`# first\n${POD}---\n\n${POD.replace('web', 'api')}---\n# nothing\n`);
    expect(names(documents)).toEqual(['web', 'api']);
    expect(documents.map(({ index, line }) => [index, line])).toEqual([
      [0, 2],
      [1, 6],
    ]);
  });

  it('reads JSON, and hands out plain data that can be stored', () => {
    const input = { name: 'web', containers: [{ name: 'app', image: 'nginx' }] };
    const documents = parsePodText(JSON.stringify(input, null, '\t'));
    expect(names(documents)).toEqual(['web']);
    expect(documents[0]?.input).toEqual(input);
  });

  it('reads YAML that looks like JSON', () => {
    expect(names(parsePodText('{name: web, containers: [{name: app, image: nginx}]}'))).toEqual(['web']);
  });

  it('one bad document leaves the others alone', () => {
    expect(
      names(parsePodText(`${POD}---\nname: [\n---\n${POD}`)).filter((name) => name === 'web'),
    ).not.toEqual([]);
    expect(names(parsePodText(`${POD}---\nname: 3\n---\n${POD}`))).toEqual(['web', undefined, 'web']);
  });

  it('understands anchors and merges', () => {
    const text = `name: web\ncontainers:\n  - &base { name: a, image: nginx }\n  - { <<: *base, name: b }\n`;
    expect(names(parsePodText(text))).toEqual(['web']);
  });

  it.each([
    ['', undefined],
    ['  \n', undefined],
    ['# only a comment\n', undefined],
    ['---\n---\n', undefined],
    ['null', undefined],
    ['', 'json'],
  ] as const)('says that %j is empty', (text, format) => {
    expect(messages(text, { format })).toEqual(['is empty: expected a pod definition']);
  });

  it.each([
    ['name: web\nname: api\n', 'line 2, column 1: this field stands here twice'],
    ['{"name": "web",\n "name": "api"}', 'line 2, column 2: the field "name" stands here twice'],
    ['{"a": {"b": 1, "\\u0062": 2}}', 'line 1, column 16: the field "b" stands here twice'],
  ])('refuses duplicate keys in %j', (text, message) => {
    expect(messages(text)).toEqual([message]);
  });

  it.each([
    ['{"name": "web",}', 'line 1, column 16: expected a field name in double quotes, found "}"'],
    ['{"name": web}', 'line 1, column 10: expected a JSON value, found "web}"'],
    ['{"name"\n "web"}', 'line 2, column 2: expected ":" after a field name, found "\\"web\\"}"'],
    ['{"a": 1', 'line 1, column 8: expected "," or "}" after a field, found the end of the text'],
    ['{"a": [1 2]}', 'line 1, column 10: expected "," or "]" after an entry of a list, found "2]}"'],
    ['{"a": 01}', 'line 1, column 8: expected "," or "}" after a field, found "1}"'],
    ['{} x', 'line 1, column 4: expected the end of the text, found "x"'],
    ['{"a": "\t"}', 'line 1, column 7: expected a JSON value, found "\\"\\t\\"}"'],
    ['name: web', 'line 1, column 1: expected a JSON value, found "name: web"'],
    [
      '['.repeat(100_000),
      'line 1, column 202: nested more than 200 levels deep, found "[[[[[[[[[[[[[[[[[[[["',
    ],
  ])('names line and column of a mistake in JSON: %.30s', (text, message) => {
    expect(messages(text, { format: 'json' })).toEqual([message]);
  });

  it('names line and column of a mistake in YAML', () => {
    expect(messages('name: web\ncontainers: [\n')[0]).toMatch(/^line 3, column 1: /);
    expect(messages('name: web\n\tlabels: {}\n')[0]).toMatch(/^line 2, column 1: /);
    expect(messages('name: *nobody\n')[0]).toMatch(/nobody/);
  });

  it('bounds aliases, depth and length', () => {
    const laughs = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [to, from] of ['ba', 'cb', 'dc', 'ed', 'fe']) {
      laughs.push(
        `${to ?? ''}: &${to ?? ''} [${Array.from({ length: 10 }, () => `*${from ?? ''}`).join(',')}]`,
      );
    }
    expect(messages(laughs.join('\n'))[0]).toMatch(/alias|values/);
    expect(messages('&a [*a]')[0]).toMatch(/within itself/);
    for (const opening of ['[', '{a: ', '- ', '? ']) {
      expect(messages(opening.repeat(20_000))[0]).toMatch(/nested too deeply/);
    }
    expect(messages(`${'['.repeat(50)}${']'.repeat(50)}`)[0]).toMatch(/nested more than 24/);
    expect(messages(`name: ${'x'.repeat(5_000_000)}`)).toEqual([
      'is longer than 4 MiB; split it into several files',
    ]);
    expect(messages(`name: ${'x'.repeat(600_000)}`)[0]).toMatch(/512 KiB/);
  });

  it('does not take __proto__ for a prototype', () => {
    const expected = ['__proto__: is not a name that a field may have'];
    expect(messages(`${POD}__proto__: { polluted: true }\n`)).toEqual(expected);
    expect(
      messages('{"name":"web","containers":[{"name":"app","image":"nginx"}],"__proto__":{"polluted":1}}'),
    ).toEqual(expected);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
