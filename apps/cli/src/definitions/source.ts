import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Io } from '../io.js';

/** A text that should hold pod definitions. */
export interface Source {
  /** The file as the user named it, or `standard input`. */
  readonly name: string;
  /** From the extension; absent: by content. */
  readonly format?: 'json' | 'yaml';
  readonly text: string;
}

/** A file that could not be read, or a folder without definitions. */
export interface UnreadableSource {
  readonly name: string;
  readonly reason: string;
}

const FORMATS: Readonly<Record<string, 'json' | 'yaml'>> = {
  '.json': 'json',
  '.yaml': 'yaml',
  '.yml': 'yaml',
};

/** Reads files, the `.json`, `.yaml` and `.yml` files of folders (not of folders below them), and `-`. */
export async function readSources(
  names: readonly string[],
  io: Io,
): Promise<readonly (Source | UnreadableSource)[]> {
  const sources = [];
  for (const name of new Set(names)) {
    sources.push(...(name === '-' ? [await readStandardInput(io)] : await readPath(name)));
  }
  return sources;
}

async function readStandardInput(io: Io): Promise<Source> {
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) {
    chunks.push(Buffer.from(chunk));
  }
  return { name: 'standard input', text: Buffer.concat(chunks).toString('utf8') };
}

async function readPath(path: string): Promise<readonly (Source | UnreadableSource)[]> {
  try {
    return (await stat(path)).isDirectory() ? await readFolder(path) : [await readOne(path)];
  } catch (error) {
    return [{ name: path, reason: reasonOf(error) }];
  }
}

async function readFolder(path: string): Promise<readonly (Source | UnreadableSource)[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && extname(entry.name) in FORMATS)
    .map((entry) => join(path, entry.name))
    .sort();
  if (files.length === 0) {
    return [{ name: path, reason: 'the folder holds no .json, .yaml or .yml file' }];
  }
  return (await Promise.all(files.map(readPath))).flat();
}

async function readOne(path: string): Promise<Source> {
  const format = FORMATS[extname(path)];
  const text = await readFile(path, 'utf8');
  return { name: path, ...(format === undefined ? {} : { format }), text };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'the file may not be read',
  };
  return reasons[code ?? ''] ?? message;
}
