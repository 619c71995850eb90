/** Which traces are kept. */

import {
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';

/** Of polls by the timer: a thousand companies are 1.4 million polls a day, nearly all of them idle. */
const pollShare = 1 / 20;

/**
 * A share of all traces, and less of polls that only look. The host's own choice, which comes with
 * each call, is not ours: what it drops of its own is kept here all the same.
 *
 * @param share 0 to 1
 */
export function sampler(share: number): Sampler {
  const usual = new TraceIdRatioBasedSampler(share);
  const rare = new TraceIdRatioBasedSampler(share * pollShare);
  const root: Sampler = {
    shouldSample: (context, traceId, name, _kind, attributes) => {
      const isRare = name === 'poll' && attributes['syncboard.why'] === 'timer';
      return (isRare ? rare : usual).shouldSample(context, traceId);
    },
    toString: () => `${share} of traces, ${share * pollShare} of polls by the timer`,
  };
  return new ParentBasedSampler({
    root,
    remoteParentSampled: root,
    remoteParentNotSampled: root,
  });
}
