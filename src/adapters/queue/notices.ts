import type { Database } from "./database.ts";

/** What other processes, and this one, say through the database; each listener hears every notice. */
export type Notices = AsyncDisposable & { on(listener: (notice: string) => void): Disposable };

/** Listens once for all who want to know. */
export async function openNotices(database: Database): Promise<Notices> {
  const listeners = new Set<(notice: string) => void>();
  const listening = await database.listen((notice) => {
    for (const listener of listeners) listener(notice);
  });
  return {
    on(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}
