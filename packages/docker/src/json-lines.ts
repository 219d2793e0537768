import { LineSplitter } from './line-splitter.js';

/** The JSON values of a stream with one on each line; empty lines are skipped. */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator {
  const splitter = new LineSplitter();
  for await (const chunk of chunks) {
    for (const line of splitter.push(chunk)) if (line.trim() !== '') yield JSON.parse(line);
  }
  for (const line of splitter.end()) if (line.trim() !== '') yield JSON.parse(line);
}
