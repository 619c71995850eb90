/**
 * Limits of the real host's web server: Kestrel's defaults (`KestrelServerLimits`), but for the
 * size of a body, which the host sets itself (`ScriptConstants.DefaultMaxRequestBodySize`).
 */

/** A larger body is not read to its end. */
export const bodyLimitBytes = 104_857_600;

/** A body must come at so many bytes a second on average, once the time of grace is over. */
export const bodyRate = { bytesPerSecond: 240, graceMs: 5_000 };

/** How long the rest of a body that nobody wanted is thrown away before the connection is cut. */
export const drainMs = 5_000;

/** From the first byte of a request to the end of its head. */
export const headersMs = 30_000;

/** How long a connection is kept on which nothing comes. */
export const keepAliveMs = 130_000;

/** How often the limits of time are looked at. */
export const beatMs = 1_000;

export const requestLineBytes = 8_192;
export const headersBytes = 32_768;
export const headerCount = 100;
