/**
 * Preload of a process whose machine's clock is wrong by `TEST_CLOCK_SKEW_MS`: what tells the time
 * of day is shifted, what only goes on (`performance.now`, timers) is not.
 */

const skewMs = Number(process.env['TEST_CLOCK_SKEW_MS'] ?? 0);
const TrueDate = Date;

globalThis.Date = new Proxy(TrueDate, {
  construct(target, args, newTarget) {
    const given = args.length === 0 ? [target.now() + skewMs] : args;
    return Reflect.construct(target, given, newTarget);
  },
  apply: () => new TrueDate(TrueDate.now() + skewMs).toString(),
  get(target, name, receiver) {
    if (name === 'now') return () => target.now() + skewMs;
    return Reflect.get(target, name, receiver);
  },
});
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + skewMs });
