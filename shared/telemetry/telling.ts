/** Whether anybody wants to know: set once, before any function runs. */

let isOn = false;
let hostTells = false;

export const isTelling = (): boolean => isOn;

/** Whether the host tells of calls itself, where our spans go: they would be there twice. */
export const hostTellsCalls = (): boolean => hostTells;

/** @param on whether spans and measurements are made from now on */
export function setTelling(on: boolean, doesHostTell = false): void {
  isOn = on;
  hostTells = doesHostTell;
}
