/** Why Prometheus gave no usable answer. Each means: nothing is sent for the window until it answers. */
export interface PrometheusFailure {
  kind:
    | 'unreachable'
    | 'unauthorized'
    | 'bad_query'
    | 'partial'
    | 'bad_answer'
    /** More than the limit for one answer: ask for less. */
    | 'too_large';
  message: string;
}

/** Whether the same question may be answered a moment later. */
export const isPassing = (failure: PrometheusFailure): boolean =>
  failure.kind === 'unreachable' || failure.kind === 'partial';
