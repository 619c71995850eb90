/** A host for Azure Functions (Node, programming model 4) on one machine. See the README. */

export { readSettings } from './settings.ts';
