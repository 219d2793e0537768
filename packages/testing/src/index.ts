export { startConsul } from './consul-server.js';
export type { RealConsul, RestartConsulOptions, StartConsulOptions } from './consul-server.js';
export { eventually } from './eventually.js';
export type { EventuallyOptions } from './eventually.js';
export { exampleImage, testImage } from './images.js';
export { runReadmeExample } from './readme-example.js';
export type { ReadmeExampleOptions, ReadmeExampleResult } from './readme-example.js';
export { uniqueName } from './unique-name.js';
