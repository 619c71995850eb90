/** Signs that turn the direction of what follows, and end that of what is before. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text of others that is put into a sentence of ours: in whichever direction it is written, and
 * whatever it says of that, it turns nothing around it. Where it is an element of its own, `<bdi>`.
 */
export const isolated = (text: string): string => `\u2068${text.replace(turning, '')}\u2069`;
