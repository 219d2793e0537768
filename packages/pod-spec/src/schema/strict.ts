import { z } from 'zod';

/**
 * An object whose unknown fields are errors. The issue's message lists the known fields, one a comma, for
 * `explainIssues` to suggest from.
 */
export function strict<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(',');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  });
}
