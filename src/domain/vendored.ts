import type { PathAttributes } from "./change-set.ts";
import type { RepoPath } from "./repo-path.ts";

/** Folders that hold other people's code, wherever they stand. */
const VENDORED =
  /(?:^|\/)(?:third[_-]?party|node_modules|bower_components|jspm_packages|site-packages|\.venv|Godeps\/_workspace|Pods|Carthage\/Checkouts|\.yarn\/(?:cache|plugins|releases|sdks))\//;

/** Libraries of the browser that are copied into a project as they are, by the names they come with (after GitHub's linguist). */
const COPIED =
  /(?:^|\/)(?:(?:jquery|jquery-ui)\/.+|jquery[^/]*|bootstrap(?:[-.][^/]*)?|(?:angular|prototype|modernizr|underscore|backbone|handlebars|moment|tiny_?mce|ckeditor|codemirror|raphael)(?:[-.][^/]*)?)\.(?:js|css)$/i;

const VENDOR_FOLDER = /(?:^|\/)vendor\//;

/** Below these, `vendor` is more often a word of the business than a folder of copied code. */
const OWN_CODE =
  /(?:^|\/)(?:src|app|apps|lib|internal|pkg|cmd|tests?|modules|features|packages\/[^/]+)\/(?:.+\/)?vendor\//;

/** Why the path counts as somebody else's code, or undefined. An explicit `-linguist-vendored` is the last word. */
export function vendoredReason(path: RepoPath, attributes: PathAttributes | undefined): string | undefined {
  if (attributes?.vendored === false) return undefined;
  if (attributes?.vendored === true) return "Vendored (linguist-vendored in .gitattributes).";
  return VENDORED.test(path) || COPIED.test(path) || (VENDOR_FOLDER.test(path) && !OWN_CODE.test(path))
    ? "Vendored by its folder or name; -linguist-vendored in .gitattributes has it reviewed."
    : undefined;
}
