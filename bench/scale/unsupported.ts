/** For what no agent asks of an engine in a simulation. */
export function unsupported(): never {
  throw new Error('The stand-in engine cannot do this; use a real one.');
}
