/**
 * Grammar of an image reference: `[host[:port]/]path[:tag][@algorithm:digest]`
 * (github.com/distribution/reference, regexp.go). A path is lower-case; a host has a dot, a port or is `localhost`,
 * which this pattern does not tell apart from a first path component as nothing here depends on it.
 */
const HOST = String.raw`[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?`;
const COMPONENT = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
const TAG = String.raw`\w[\w.-]{0,127}`;
const DIGEST = String.raw`[a-z0-9]+:[a-f0-9]{32,128}`;

/** A whole image reference. */
export const IMAGE_PATTERN = new RegExp(
  `^(?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*(?::${TAG})?(?:@${DIGEST})?$`,
);

/** The longest reference that Docker's own parser accepts for the name part. */
export const LONGEST_IMAGE = 255;

/** Adds `:latest` where a reference has neither a tag nor a digest: Docker would pull every tag. */
export function withTag(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return name.includes(':') || name.includes('@') ? image : `${image}:latest`;
}
