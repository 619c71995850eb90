/** ABRA Gen's Web API for tests: dynsql over data of its own. See the README. */

export { type AbraGen, startAbraGen } from './server.ts';
