/** Why Prometheus gave no usable answer. Each means: nothing is sent for the window until it answers. */
export interface PrometheusFailure {
  kind:
    | 'unreachable'
    /** The back end has too much to do, or we ask too often: ask the same later. */
    | 'busy'
    | 'unauthorized'
    | 'bad_query'
    | 'partial'
    | 'bad_answer'
    /** More than the limit for one answer: ask for less. */
    | 'too_large'
    /** The answer took too long: ask for less. */
    | 'slow';
  message: string;
  /** How long the back end asks to be left alone, ms. */
  retryAfterMs?: number;
}

/** Whether the same question may be answered a moment later. */
export const isPassing = ({ kind }: PrometheusFailure): boolean =>
  kind === 'unreachable' || kind === 'partial' || kind === 'busy';

/** Whether it is the question's fault: the same one will be refused again, while others are answered. */
export const isOfTheQuestion = (failure: PrometheusFailure): boolean =>
  failure.kind === 'bad_query' || isTooMuch(failure);

/** Whether less of the same question may be answered. */
export const isTooMuch = ({ kind }: PrometheusFailure): boolean => kind === 'too_large' || kind === 'slow';
