import { loadRules } from "../adapters/rules/load-rules.ts";
import type { RuleSet } from "../adapters/rules/rule.ts";
import type { Settings } from "../domain/settings.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { BundleLayout } from "./bundle-layout.ts";

/** The built-in rules and those of the settings' folders in `base`, without those that the settings switch off. */
export async function repositoryRules(
  base: Snapshot,
  settings: Settings,
  layout: BundleLayout,
  signal: AbortSignal,
): Promise<RuleSet> {
  const { directories, disable } = settings.rules;
  const entries = directories.length === 0 ? [] : await base.list(signal);
  const paths = entries
    .map(({ path }) => path)
    .filter(
      (path) => /\.ya?ml$/.test(path) && directories.some((folder) => path.startsWith(`${folder.replace(/\/$/, "")}/`)),
    );
  const repository = await Promise.all(
    paths.map(async (path) => {
      const content = await base.read(path, signal);
      return { path, text: content.kind === "text" ? content.text : "" };
    }),
  );
  const rules = await loadRules({ assets: layout.ruleAssets, repository, signal, workerUrl: layout.rulesWorker });
  return {
    syntax: rules.syntax.filter(({ id }) => !disable.includes(id)),
    text: rules.text.filter((id) => !disable.includes(id)),
  };
}
