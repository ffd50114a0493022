/** What a check of a Prometheus found of one thing. */
export interface Finding {
  /** `missing`: a meter cannot be billed; `warning`: some windows will be incomplete. */
  state: 'ok' | 'warning' | 'missing';
  /** A kind of target, or a meter's field. */
  about: string;
  told: string;
  todo?: string;
}
