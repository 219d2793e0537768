import { encodePod, isClusterError } from '@raftainer/cluster';
import type { ParsedDocument } from '@raftainer/pod-spec';
import { parsePodText, revisionOf } from '@raftainer/pod-spec';
import type { Io } from '../io.js';
import type { Definition, Definitions, LocatedProblem } from './definition.js';
import type { Source, UnreadableSource } from './source.js';
import { readSources } from './source.js';

/** Reads and checks all that is named, and finds every problem of every file before anything is done with any. */
export async function readDefinitions(names: readonly string[], io: Io): Promise<Definitions> {
  const sources = await readSources(names, io);
  const found = sources.flatMap(readSource);
  const definitions = found.filter(isDefinition);
  const problems = found.filter((item): item is LocatedProblem => !isDefinition(item));
  return { definitions, problems: [...problems, ...duplicates(definitions)] };
}

function isDefinition(item: Definition | LocatedProblem): item is Definition {
  return 'revision' in item;
}

function readSource(source: Source | UnreadableSource): readonly (Definition | LocatedProblem)[] {
  if ('reason' in source) {
    return [{ source: source.name, path: '', message: source.reason }];
  }
  const documents = parsePodText(source.text, source.format === undefined ? {} : { format: source.format });
  if (documents.length === 0) {
    return [{ source: source.name, path: '', message: 'holds no pod definition' }];
  }
  return documents.flatMap((document) => readDocument(source.name, document));
}

function readDocument(
  source: string,
  { index, input, result }: ParsedDocument,
): readonly (Definition | LocatedProblem)[] {
  const origin = { source, document: index + 1 };
  if (!result.ok) {
    const pod = nameIn(input);
    return result.problems.map((problem) => ({
      ...origin,
      ...(pod === undefined ? {} : { pod }),
      ...problem,
    }));
  }
  const { pod } = result;
  try {
    encodePod(pod.name, input);
  } catch (error) {
    if (isClusterError(error)) {
      return [{ ...origin, pod: pod.name, path: '', message: error.message }];
    }
    throw error;
  }
  return [{ ...origin, pod, input, revision: revisionOf(pod) }];
}

function duplicates(definitions: readonly Definition[]): readonly LocatedProblem[] {
  const first = new Map<string, Definition>();
  return definitions.flatMap((definition) => {
    const { source, document, pod } = definition;
    const earlier = first.get(pod.name);
    if (earlier === undefined) {
      first.set(pod.name, definition);
      return [];
    }
    const message = `"${pod.name}" is defined before, in ${earlier.source}, document ${earlier.document}`;
    return [{ source, document, pod: pod.name, path: 'name', message }];
  });
}

function nameIn(input: unknown): string | undefined {
  const hasName = typeof input === 'object' && input !== null && 'name' in input;
  return hasName && typeof input.name === 'string' ? input.name : undefined;
}
