/** A signal that is aborted by the first SIGINT or SIGTERM; a second one ends the process as it would without us. */
export function interruption(): AbortSignal & { readonly interrupted?: boolean } {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => controller.abort(new Error(`received ${name}`)));
  }
  return controller.signal;
}
