/** What the metering promises on generated days, as parts of one. */

/** Counters against what the samples can show, per window. */
export const counterErrorMax = 0.005;
/** Gauges against what the samples can show over the time that was seen, per window. */
export const gaugeErrorMax = 0.005;
/** Counters against the full truth of the day: never more than this above it. */
export const overTruthMax = 0.001;
