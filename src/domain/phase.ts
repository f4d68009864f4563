/**
 * What a subtask is for. finder: reads a part of the change with one lens. gap: looks for what the finders of a group missed.
 * contract: changed exported interfaces and the unchanged code that uses them. verifier: confirms or refutes one finding.
 * writer: changes files.
 */
export const PHASES = ["finder", "gap", "contract", "verifier", "writer"] as const;
export type Phase = (typeof PHASES)[number];

/** The phase of a subtask; those without one are finders. */
export function phaseOf(subtask: { readonly phase?: Phase | undefined }): Phase {
  return subtask.phase ?? "finder";
}
