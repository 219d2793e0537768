import { distance } from 'fastest-levenshtein';

/** Words of neighbouring tools, spelt without case, dashes and underscores. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['args', 'command'],
  ['cap', 'capAdd'],
  ['count', 'instances'],
  ['cpus', 'cpu'],
  ['env', 'environment'],
  ['envvars', 'environment'],
  ['livenessprobe', 'healthCheck'],
  ['memorybytes', 'memory'],
  ['mem', 'memory'],
  ['path', 'mountPath'],
  ['readinessprobe', 'healthCheck'],
  ['replicas', 'instances'],
  ['retries', 'threshold'],
  ['scale', 'instances'],
  ['services', 'containers'],
  ['stoptimeout', 'stopGracePeriod'],
  ['target', 'mountPath'],
  ['targetport', 'containerPort'],
  ['template', 'containers'],
  ['volumemounts', 'volumes'],
]);

/** Longer words are not compared: the distance costs the product of both lengths. */
const LONGEST_WORD = 64;

/** A beginning of so many letters counts as the word, when only one word begins so. */
const SHORTEST_BEGINNING = 3;

/**
 * The one of `known` that was probably meant: the same word in another spelling, a neighbouring tool's
 * word for it, its beginning, or one within a third of its length in edits (Levenshtein).
 */
export function closest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const wanted = bare(word);
  const synonym = SYNONYMS.get(wanted);
  const same = known.find((candidate) => bare(candidate) === wanted || candidate === synonym);
  if (same !== undefined) return same;
  const longer = known.filter((candidate) => bare(candidate).startsWith(wanted));
  if (longer.length === 1 && wanted.length >= SHORTEST_BEGINNING) return longer[0];
  const ranked = known
    .map((candidate) => ({ candidate, edits: editsBetween(wanted, bare(candidate)) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}

/** `did you mean "image"?`, or nothing when nothing known is near. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const best = closest(word, known);
  return best === undefined ? undefined : `did you mean "${best}"?`;
}

/** Letters in the wrong order are one slip, though Levenshtein counts two. */
function editsBetween(a: string, b: string): number {
  return sorted(a) === sorted(b) ? 1 : distance(a, b);
}

function sorted(word: string): string {
  return Array.from(word).sort().join('');
}

function bare(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, '');
}
