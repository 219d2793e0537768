import { LIMITS } from '../limits.js';
import { parsePod } from '../parse-pod.js';
import { readJson } from './read-json.js';
import { readYaml } from './read-yaml.js';

import type { ReadDocument } from './read-document.js';
import type { ParseResult } from '../parse-pod.js';

/** One document of a text. */
export interface ParsedDocument {
  /** Position in the text, from 0; empty YAML documents between separators are not counted. */
  readonly index: number;
  /** Line of the text on which the document begins, from 1. */
  readonly line: number;
  /** The document as JSON data, as it may be stored; undefined when its syntax is wrong. */
  readonly input: unknown;
  readonly result: ParseResult;
}

/** How to read a text. */
export interface ParseTextOptions {
  /** By default JSON when the text begins with `{` and is JSON to its end, otherwise YAML. */
  readonly format?: 'json' | 'yaml';
}

/**
 * Parses a text with one JSON value, or with any number of YAML documents. Mistakes of syntax, duplicate keys among
 * them, become problems that name line and column. Never throws, and always returns at least one document.
 */
export function parsePodText(text: string, options: ParseTextOptions = {}): readonly ParsedDocument[] {
  return readText(text, options).map(({ line, content }, index) => {
    if ('problems' in content) {
      return { index, line, input: undefined, result: { ok: false, problems: content.problems } };
    }
    return { index, line, input: content.data, result: parsePod(content.data) };
  });
}

function readText(text: string, { format }: ParseTextOptions): readonly ReadDocument[] {
  if (text.length > LIMITS.textCharacters) {
    const message = `is longer than ${LIMITS.textCharacters / 1024 ** 2} MiB; split it into several files`;
    return [{ line: 1, content: { problems: [{ path: '', message }] } }];
  }
  if (format === 'json') return [readJson(text)];
  if (format === undefined && text.trimStart().startsWith('{') && isJson(text)) return [readJson(text)];
  return readYaml(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
