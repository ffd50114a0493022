/**
 * A page whose file is gone: a newer build has taken the place of the one that this window runs. Loading the page anew
 * helps, once; when it does not, the failure is shown.
 */
const key = 'tenantry.reloaded';
/** A second failure within this time is no old build. */
const againMs = 60_000;

/** Whether the page was loaded anew now. */
export function reloadOnce(): boolean {
  const lastMs = Number(window.sessionStorage.getItem(key) ?? 0);
  if (Date.now() - lastMs < againMs) return false;
  window.sessionStorage.setItem(key, String(Date.now()));
  window.location.reload();
  return true;
}

/** Whether an error says that a file of the app could not be loaded. The words are the browsers'. */
export const isChunkError = (error: unknown): boolean =>
  error instanceof Error && /dynamically imported module|module script failed|preload CSS/i.test(error.message);
