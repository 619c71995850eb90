/** Read by whatever Node there is. */

/** The Node that everything of ours needs. */
export const least = 22;
export const isTooOld = Number(process.versions.node.split('.')[0]) < least;
