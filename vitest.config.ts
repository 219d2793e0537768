/** So that a bare `npx vitest run`, and editors, use the same projects. */
export { default } from './vitest.workspace.js';
