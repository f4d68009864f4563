/** Names that are done together, and when. */
export type Step = {
  /** One name, or all names of a cycle; sorted. */
  readonly members: readonly string[];
  /** Indexes of the steps that must end before; all lower than this step's own index; sorted. */
  readonly dependsOn: readonly number[];
  /** 0 without dependencies, else one more than the highest wave among them. */
  readonly wave: number;
};

/**
 * The order in which names can be done: every key of `dependencies` in exactly one step, cycles condensed into one step each.
 * Steps are sorted by wave, then by first member, so the same graph gives the same steps whatever its insertion order.
 * Names that are no keys are outside the set and ignored. Takes time linear in names and dependencies, and no deep recursion.
 */
export function assignWaves(dependencies: ReadonlyMap<string, readonly string[]>): readonly Step[] {
  const components = stronglyConnected(dependencies);
  const componentOf = new Map<string, number>();
  for (const [index, members] of components.entries()) for (const name of members) componentOf.set(name, index);
  const needs = components.map((members, index) => {
    const all = members.flatMap((name) => dependencies.get(name) ?? []).map((name) => componentOf.get(name));
    return new Set(all.filter((other): other is number => other !== undefined && other !== index));
  });
  // Tarjan finishes a component only after everything it depends on, so one pass in this order sees each dependency's wave.
  const waves: number[] = [];
  for (const set of needs) {
    let wave = 0;
    for (const other of set) wave = Math.max(wave, (waves[other] ?? -1) + 1);
    waves.push(wave);
  }
  const order = components
    .map((members, index) => ({ members: members.toSorted(), index, wave: waves[index] ?? 0 }))
    .toSorted((a, b) => a.wave - b.wave || ((a.members[0] ?? "") < (b.members[0] ?? "") ? -1 : 1));
  const position = new Map(order.map(({ index }, at) => [index, at]));
  return order.map(({ members, index, wave }) => ({
    members,
    wave,
    dependsOn: [...(needs[index] ?? [])].map((other) => position.get(other) ?? -1).toSorted((a, b) => a - b),
  }));
}

type Visit = { readonly name: string; readonly targets: readonly string[]; next: number };

/** Tarjan's algorithm with its own stack: components in an order where dependencies come first. */
function stronglyConnected(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const components: string[][] = [];
  const lower = (name: string, value: number): void => {
    low.set(name, Math.min(low.get(name) ?? value, value));
  };
  const enter = (name: string): Visit => {
    lower(name, order.size);
    order.set(name, order.size);
    open.push(name);
    isOpen.add(name);
    return { name, targets: (graph.get(name) ?? []).filter((target) => graph.has(target)), next: 0 };
  };
  const leave = (name: string): void => {
    if (low.get(name) !== order.get(name)) return;
    const members = open.splice(open.lastIndexOf(name));
    for (const member of members) isOpen.delete(member);
    components.push(members);
  };
  for (const root of graph.keys()) {
    const visits = order.has(root) ? [] : [enter(root)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const target = visit.targets[visit.next];
      visit.next += 1;
      if (target === undefined) {
        visits.pop();
        leave(visit.name);
        const parent = visits.at(-1);
        if (parent !== undefined) lower(parent.name, low.get(visit.name) ?? 0);
      } else if (!order.has(target)) {
        visits.push(enter(target));
      } else if (isOpen.has(target)) {
        lower(visit.name, order.get(target) ?? 0);
      }
    }
  }
  return components;
}
