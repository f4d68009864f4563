import { z } from "zod";

import { CATEGORY, type Claim } from "./finding.ts";
import { parseRepoPath } from "./repo-path.ts";

const Glob = z.string().min(1).max(300);

/** A rule id in which `*` stands for any letters: `*-query-in-loop` is the rule of that name in every language. */
const RulePattern = z
  .string()
  .max(100)
  .regex(/^[a-z0-9*]+(?:-[a-z0-9*]+)*$/, "must be a rule id; * stands for any letters");

/** One kind of issue that an audit looks for, and what counts as one. */
export const IssueType = z.strictObject({
  /** The category that its findings get. */
  id: CATEGORY,
  /** Heading of its part of the report, e.g. `Queries in loops`. */
  title: z.string().min(1).max(80),
  /** What a subagent is told about it; "" when the title says it all. */
  lookFor: z.string().max(2_000).default(""),
  /** Ids of static rules whose findings are of this type. */
  rules: z.array(RulePattern).default([]),
  /** Categories of static rules whose findings are of this type, where no type names the rule itself. */
  categories: z.array(CATEGORY).default([]),
  /** Whether strangers could use such a finding against the running system: then no public place may show it. */
  sensitive: z.boolean().default(false),
});
export type IssueType = z.infer<typeof IssueType>;

/** Which files count besides the globs: `skip` leaves tests out, `only` takes nothing else. */
const TESTS = ["skip", "only", "with"] as const;

/** What one audit looks for, where, and how it reports it. Built in, or a Markdown file of the repository. */
export const AuditRecipe = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "must be lower-case words with hyphens")
    .max(60),
  /** Heading of the report. */
  title: z.string().min(1).max(80),
  /** One sentence for lists of recipes. */
  description: z.string().max(300).default(""),
  /** In the order of the report, worst first. */
  issueTypes: z.array(IssueType).min(1).max(30),
  files: z.array(Glob).min(1),
  ignore: z.array(Glob).default([]),
  tests: z.enum(TESTS).default("skip"),
  /** Where the report goes in the repository. */
  reportPath: z.string().refine((path) => parseRepoPath(path) !== undefined, "must be a path inside the repository"),
  /** What every finding must say in its detail beside what is wrong, e.g. the query and the number of rows. */
  fields: z
    .array(z.strictObject({ name: CATEGORY, description: z.string().min(1).max(300) }))
    .max(10)
    .default([]),
  /** What a subagent is told about the audit as a whole. */
  instructions: z.string().max(20_000).default(""),
});
export type AuditRecipe = z.infer<typeof AuditRecipe>;

/**
 * The type that a claim is of; undefined when the recipe does not ask for it. A rule's finding belongs to the type that names
 * the rule, else to one that names its category; a model's finding says its type by its category, as does one that was given
 * its type before.
 */
export function issueTypeOf(recipe: AuditRecipe, claim: Pick<Claim, "ruleId" | "category">): IssueType | undefined {
  const { ruleId } = claim;
  const named = recipe.issueTypes.find(({ id }) => id === claim.category);
  if (ruleId === undefined) return named;
  return (
    recipe.issueTypes.find(({ rules }) => rules.some((pattern) => matchesRule(pattern, ruleId))) ??
    recipe.issueTypes.find(({ categories }) => categories.includes(claim.category)) ??
    named
  );
}

/** Whether a static rule can find anything that the recipe asks for. */
export function countsRule(recipe: AuditRecipe, rule: { readonly id: string; readonly category: string }): boolean {
  return issueTypeOf(recipe, { ruleId: rule.id, category: rule.category }) !== undefined;
}

/** The types that no static rule serves: without a model nobody looks for them. */
export function typesForModelOnly(recipe: AuditRecipe): readonly IssueType[] {
  return recipe.issueTypes.filter(({ rules, categories }) => rules.length + categories.length === 0);
}

function matchesRule(pattern: string, id: string): boolean {
  if (!pattern.includes("*")) return pattern === id;
  return new RegExp(`^${pattern.replaceAll("*", "[a-z0-9-]*")}$`).test(id);
}
