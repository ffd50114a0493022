/**
 * Exit codes of every program (docs/variables.md#exit-codes). A program that its environment starts (the platform, the
 * provisioner, the exporter) ends with `failed` when a variable is wrong; `usage` is for arguments. For a command
 * (`tenantry`, `npm run prometheus-check`) the environment is a part of the call, so that a wrong variable is `usage`.
 */
export const exitCodes = {
  /** Done, or ended in order by a signal. */
  done: 0,
  failed: 1,
  usage: 2,
} as const;
