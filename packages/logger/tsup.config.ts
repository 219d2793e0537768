import { library } from '../../tsup.base.js';

const config = library();

/** `shims` gives the CJS build the `import.meta.url` by which pino-pretty is found. */
export default Array.isArray(config) || typeof config === 'function' ? config : { ...config, shims: true };
