/** An expression that cannot be understood, or does not fit the records it is applied to. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}
