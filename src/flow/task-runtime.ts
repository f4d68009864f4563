import pLimit from "p-limit";

export type TaskId = string;

/** What the runtime needs to know of a task; everything else in a request is the runner's business. */
export type TaskRequest = {
  /** Three to five words for the reader. */
  readonly description: string;
  /** Tasks that must have ended before this one starts. They must have been spawned before. */
  readonly dependsOn?: readonly TaskId[];
};

/** Where a task stands. `result` is there once it has ended, however it ended. */
type TaskState<Result> = { readonly taskId: TaskId; readonly description: string } & (
  | { readonly status: "waiting" | "running" }
  | { readonly status: "ended"; readonly result: Result }
);

export type TaskContext<Result> = {
  readonly taskId: TaskId;
  /** Aborted when the task is stopped or the whole run ends. */
  readonly signal: AbortSignal;
  /** The ended states of `dependsOn`, in that order. */
  readonly dependencies: readonly TaskState<Result>[];
};

/** How requests are carried out. `run` should resolve for every ending; what it throws becomes `failed`. */
export type TaskRunner<Request extends TaskRequest, Result> = {
  run(request: Request, context: TaskContext<Result>): Promise<Result>;
  /** The result of a task that was stopped before it started. */
  cancelled(request: Request, reason: string): Result;
  failed(request: Request, error: unknown): Result;
};

type Task<Request, Result> = {
  readonly id: TaskId;
  readonly request: Request;
  readonly abort: AbortController;
  readonly ended: Promise<Result>;
  end(result: Result): void;
  state: TaskState<Result>;
};

/** Starts tasks, waits for them and stops them. Tasks know nothing of each other; one failure never takes another down. */
export interface TaskRuntime<Request extends TaskRequest, Result> {
  /** Gives the task's id at once; the task starts when its dependencies have ended and a slot is free. */
  spawn(request: Request): TaskId;
  /**
   * With `block`, resolves when the task has ended, or after `timeoutMs` with the state so far; without, answers at once.
   * @throws {Error} for an id that was never given out.
   */
  output(taskId: TaskId, options: { readonly block: boolean; readonly timeoutMs?: number }): Promise<TaskState<Result>>;
  /** Cancels a waiting task before it starts and aborts a running one, which ends with what it had found. A no-op once ended. */
  stop(taskId: TaskId, reason: string): void;
  /** Stops everything that has not ended. */
  stopAll(reason: string): void;
}

/** A runtime with at most `concurrency` tasks running at once; `signal` stops them all. Ids are `task-1`, `task-2`, ... */
export function taskRuntime<Request extends TaskRequest, Result>(
  runner: TaskRunner<Request, Result>,
  options: { readonly concurrency: number; readonly signal: AbortSignal },
): TaskRuntime<Request, Result> {
  const limit = pLimit(options.concurrency);
  const tasks = new Map<TaskId, Task<Request, Result>>();

  const find = (taskId: TaskId): Task<Request, Result> => {
    const task = tasks.get(taskId);
    if (task === undefined) throw new Error(`no such task: ${taskId}`);
    return task;
  };

  const start = async (task: Task<Request, Result>): Promise<void> => {
    if (task.state.status === "ended") return;
    task.state = { taskId: task.id, description: task.request.description, status: "running" };
    const dependencies = (task.request.dependsOn ?? []).map((id) => find(id).state);
    try {
      const signal = task.abort.signal;
      task.end(await runner.run(task.request, { taskId: task.id, signal, dependencies }));
    } catch (error) {
      task.end(runner.failed(task.request, error));
    }
  };

  const schedule = async (task: Task<Request, Result>): Promise<void> => {
    await Promise.all((task.request.dependsOn ?? []).map((id) => find(id).ended));
    await limit(start, task);
  };

  const stop = (task: Task<Request, Result>, reason: string): void => {
    if (task.state.status === "waiting") task.end(runner.cancelled(task.request, reason));
    if (task.state.status === "running") task.abort.abort(new DOMException(reason, "AbortError"));
  };

  const stopAll = (reason: string): void => {
    for (const task of tasks.values()) stop(task, reason);
  };
  options.signal.addEventListener("abort", () => stopAll(abortReason(options.signal)), { once: true });

  return {
    spawn(request) {
      const id = `task-${tasks.size + 1}`;
      for (const dependency of request.dependsOn ?? []) find(dependency);
      const { promise, resolve } = Promise.withResolvers<Result>();
      const description = request.description;
      const task: Task<Request, Result> = {
        id,
        request,
        abort: new AbortController(),
        ended: promise,
        end(result) {
          if (task.state.status === "ended") return;
          task.state = { taskId: id, description, status: "ended", result };
          resolve(result);
        },
        state: { taskId: id, description, status: "waiting" },
      };
      tasks.set(id, task);
      if (options.signal.aborted) stop(task, abortReason(options.signal));
      void schedule(task);
      return id;
    },

    async output(taskId, { block, timeoutMs }) {
      const task = find(taskId);
      if (!block || task.state.status === "ended") return task.state;
      if (timeoutMs === undefined) await task.ended;
      else await atMost(task.ended, timeoutMs);
      return task.state;
    },

    stop: (taskId, reason) => stop(find(taskId), reason),
    stopAll,
  };
}

/** The words an AbortSignal was aborted with. */
export function abortReason(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}

async function atMost(ended: Promise<unknown>, timeoutMs: number): Promise<void> {
  const timeout = Promise.withResolvers<void>();
  const timer = setTimeout(timeout.resolve, timeoutMs);
  await Promise.race([ended, timeout.promise]);
  clearTimeout(timer);
}
