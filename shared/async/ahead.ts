/** One item ahead: the next is made while the last is being used. */

/**
 * Yields what `make` yields, starting on each next item before the last is taken care of. However
 * the loop ends, the making is aborted and over when it has ended.
 */
export async function* ahead<T>(
  make: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const stopping = new AbortController();
  const items = make(AbortSignal.any([signal, stopping.signal]));
  const start = () => {
    const coming = items.next();
    // Whether it fails is seen when its turn comes; until then it is not unhandled.
    coming.catch(() => {});
    return coming;
  };
  let coming = start();
  try {
    for (;;) {
      const { done, value } = await coming;
      if (done) return;
      coming = start();
      yield value;
    }
  } finally {
    stopping.abort();
    await coming.catch(() => {});
    await items.return();
  }
}
