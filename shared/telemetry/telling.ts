/** Whether anybody wants to know: set once, before any function runs. */

let isOn = false;

export const isTelling = (): boolean => isOn;

/** @param on whether spans and measurements are made from now on */
export function setTelling(on: boolean): void {
  isOn = on;
}
