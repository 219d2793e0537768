import { defineConfig } from 'tsup';
import type { Options } from 'tsup';

type Config =
  Options | Options[] | ((overrides: Options) => Options | Options[] | Promise<Options | Options[]>);

const shared: Options = {
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
  splitting: true,
  treeshake: true,
};

/** A library: ESM, CJS and types for each entry in `src`. */
export function library(entries: readonly string[] = ['index']): Config {
  return defineConfig({
    ...shared,
    entry: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
    format: ['esm', 'cjs'],
    dts: true,
  });
}

/** An application: ESM only, run from `bin/`. Dependencies stay external. */
export function application(entries: readonly string[] = ['main']): Config {
  return defineConfig({
    ...shared,
    entry: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
    format: ['esm'],
  });
}
