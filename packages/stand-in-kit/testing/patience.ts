/** How much slower everything is on this machine now than on one that has nothing else to do. */

import { availableParallelism, loadavg } from 'node:os';

/** Long enough for a scheduler to take the processor away several times. */
const loopMs = 40;
/** Beyond it the app's own limits of 30 s would have to be scaled, too. */
const most = 12;

/** A limit of time that holds on an idle machine, as it is now: whole milliseconds. */
export function scaled(idleMs: number): number {
  return Math.round(idleMs * slowness());
}

/**
 * The greater of two measures: who else wants each processor (the load average of the last minute),
 * and how long a loop of 40 ms of processor time takes by the clock.
 *
 * @returns from 1, an idle machine, to 12
 */
function slowness(): number {
  const waiting = (loadavg()[0] ?? 0) / availableParallelism();
  return Math.min(most, Math.max(1, waiting, stretch()));
}

function stretch(): number {
  const { user, system } = process.cpuUsage();
  const start = performance.now();
  let usedMs = 0;
  while (usedMs < loopMs) {
    for (let turn = 0; turn < 10_000; turn += 1) Math.sqrt(turn);
    const used = process.cpuUsage({ user, system });
    usedMs = (used.user + used.system) / 1_000;
  }
  return (performance.now() - start) / usedMs;
}
