import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";

import { type TaskContext, type TaskRequest, taskRuntime } from "../../src/flow/task-runtime.ts";

type Ending = string;

/** Tasks that the test drives by hand: nothing ends before `finish` says so, unless it is aborted. */
class ManualTasks {
  readonly started: string[] = [];
  readonly contexts = new Map<string, TaskContext<Ending>>();
  readonly #running = new Map<string, PromiseWithResolvers<Ending>>();

  run = (request: TaskRequest, context: TaskContext<Ending>): Promise<Ending> => {
    const deferred = Promise.withResolvers<Ending>();
    this.started.push(request.description);
    this.contexts.set(request.description, context);
    this.#running.set(request.description, deferred);
    context.signal.addEventListener("abort", () => deferred.resolve(`aborted ${request.description}`));
    return deferred.promise;
  };
  cancelled = (_request: TaskRequest, reason: string): Ending => `cancelled: ${reason}`;
  failed = (_request: TaskRequest, error: unknown): Ending => `failed: ${String(error)}`;

  async finish(description: string, ending = `done ${description}`): Promise<void> {
    this.#running.get(description)?.resolve(ending);
    await tick();
  }

  async crash(description: string): Promise<void> {
    this.#running.get(description)?.reject(new Error("boom"));
    await tick();
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp(concurrency = 2): {
  tasks: ManualTasks;
  runtime: ReturnType<typeof taskRuntime<TaskRequest, Ending>>;
  end: AbortController;
} {
  const tasks = new ManualTasks();
  const end = new AbortController();
  return { tasks, end, runtime: taskRuntime(tasks, { concurrency, signal: end.signal }) };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("taskRuntime", () => {
  it("gives an id at once and runs at most `concurrency` tasks", async () => {
    const { tasks, runtime } = setUp(2);

    const ids = ["a", "b", "c"].map((description) => runtime.spawn({ description }));
    await tick();

    expect(ids).toEqual(["task-1", "task-2", "task-3"]);
    expect(tasks.started).toEqual(["a", "b"]);

    await tasks.finish("a");

    expect(tasks.started).toEqual(["a", "b", "c"]);
  });

  it("answers at once without block, and waits with it", async () => {
    const { tasks, runtime } = setUp();
    const id = runtime.spawn({ description: "a" });
    await tick();

    expect(await runtime.output(id, { block: false })).toMatchObject({ status: "running" });
    const waiting = runtime.output(id, { block: true });
    await tasks.finish("a");

    expect(await waiting).toEqual({ taskId: id, description: "a", status: "ended", result: "done a" });
  });

  it("answers with the state so far when the timeout passes first", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { runtime } = setUp();
    const id = runtime.spawn({ description: "a" });
    await tick();

    const waiting = runtime.output(id, { block: true, timeoutMs: 5_000 });
    await vi.advanceTimersByTimeAsync(5_000);

    expect(await waiting).toMatchObject({ status: "running" });
  });

  it("starts a task only when its dependencies have ended, and shows it how", async () => {
    const { tasks, runtime } = setUp();
    const first = runtime.spawn({ description: "first" });
    runtime.spawn({ description: "second", dependsOn: [first] });
    await tick();

    expect(tasks.started).toEqual(["first"]);
    await tasks.crash("first");

    expect(tasks.started).toEqual(["first", "second"]);
    expect(tasks.contexts.get("second")?.dependencies).toMatchObject([{ result: "failed: Error: boom" }]);
  });

  it("keeps the others going when one crashes", async () => {
    const { tasks, runtime } = setUp(3);
    const ids = ["a", "b", "c"].map((description) => runtime.spawn({ description }));
    await tick();

    await tasks.crash("b");
    await tasks.finish("c");
    await tasks.finish("a");
    const states = await Promise.all(ids.map((id) => runtime.output(id, { block: true })));

    expect(states.map((state) => state.status === "ended" && state.result)).toEqual([
      "done a",
      "failed: Error: boom",
      "done c",
    ]);
  });

  it("stops a waiting task before it starts and aborts a running one", async () => {
    const { tasks, runtime } = setUp(1);
    const running = runtime.spawn({ description: "running" });
    const waiting = runtime.spawn({ description: "waiting" });
    await tick();

    runtime.stop(waiting, "not needed");
    runtime.stop(running, "too slow");
    const states = [await runtime.output(running, { block: true }), await runtime.output(waiting, { block: true })];
    await tick();

    expect(states).toMatchObject([{ result: "aborted running" }, { result: "cancelled: not needed" }]);
    expect(tasks.started).toEqual(["running"]);
  });

  it("ends everything when the run is aborted, also what is spawned later", async () => {
    const { runtime, end } = setUp(1);
    const ids = ["a", "b"].map((description) => runtime.spawn({ description }));
    await tick();

    end.abort(new Error("newer head"));
    ids.push(runtime.spawn({ description: "late" }));
    const states = await Promise.all(ids.map((id) => runtime.output(id, { block: true })));

    expect(states.map((state) => state.status === "ended" && state.result)).toEqual([
      "aborted a",
      "cancelled: newer head",
      "cancelled: newer head",
    ]);
  });

  it("refuses ids it never gave out", async () => {
    const { runtime } = setUp();

    await expect(runtime.output("task-9", { block: false })).rejects.toThrow("no such task: task-9");
    expect(() => runtime.spawn({ description: "a", dependsOn: ["task-9"] })).toThrow("no such task: task-9");
  });

  it("runs every task exactly once and never two that depend on each other at the same time", async () => {
    const graph = fc.array(fc.array(fc.nat(50), { maxLength: 3 }), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(graph, fc.integer({ min: 1, max: 5 }), async (edges, concurrency) => {
        const ended = new Set<string>();
        const runs: string[] = [];
        const run = async (request: TaskRequest): Promise<Ending> => {
          runs.push(request.description);
          for (const id of request.dependsOn ?? []) expect(ended).toContain(id);
          await tick();
          ended.add(`task-${request.description}`);
          return "done";
        };
        const never = (): Ending => "never";
        const runtime = taskRuntime(
          { run, cancelled: never, failed: (_request, error) => String(error) },
          { concurrency, signal: new AbortController().signal },
        );

        const ids = edges.map((targets, index) =>
          runtime.spawn({
            description: String(index + 1),
            dependsOn: targets.filter((target) => target < index).map((target) => `task-${target + 1}`),
          }),
        );
        const states = await Promise.all(ids.map((id) => runtime.output(id, { block: true })));

        expect(states.every((state) => state.status === "ended" && state.result === "done")).toBe(true);
        expect(runs).toHaveLength(edges.length);
      }),
      { numRuns: 50 },
    );
  });
});
