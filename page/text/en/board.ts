/** Of the view board. */
export const board = {} as const;
