/** What stand-ins share: the process, HTTP servers, faults, counted requests, control, Azurite. See the README. */

export { observedRoutes } from './control/observed.ts';
export { ok, parse, type Route } from './control/route.ts';
export { startControl } from './control/server.ts';
export { type Fault, Faults } from './faults/faults.ts';
export { type Observed, receive } from './faults/receive.ts';
export { Requests } from './faults/requests.ts';
export { type Accounts, basicCredentials, passwordFits } from './http/basic.ts';
export { readBytes, readText } from './http/body.ts';
export { openServers, type Servers } from './http/open.ts';
export { Refusal } from './http/refusal.ts';
export { numberSetting, portSetting, runStandIn } from './process.ts';
export { createRandom, type Random } from './random.ts';
