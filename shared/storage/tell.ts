/** What somebody should hear of, outside of any call: one line. */
export type Tell = (text: string) => void;

/** The Functions host takes a worker's console for the app's log. */
export const tellLog: Tell = (text) => console.warn(text);
