/** How long rows that have come wait for others. */

/** Rows that have come leave after so long, though more may be coming to make a whole piece. */
export const quietMs = 10;

/** The first ones wait only for what came with them. */
export const firstQuietMs = 1;
