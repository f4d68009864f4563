/** File name endings by type, after ripgrep's list; a name without a dot is a whole file name. */
const FILE_TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ["c", [".c", ".h"]],
  ["cpp", [".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inl"]],
  ["cs", [".cs"]],
  ["css", [".css", ".scss", ".sass", ".less"]],
  ["dart", [".dart"]],
  ["docker", ["Dockerfile", ".dockerfile"]],
  ["elixir", [".ex", ".exs", ".eex"]],
  ["go", [".go"]],
  ["graphql", [".graphql", ".graphqls"]],
  ["html", [".html", ".htm"]],
  ["java", [".java"]],
  ["js", [".js", ".jsx", ".mjs", ".cjs", ".vue"]],
  ["json", [".json", ".jsonc"]],
  ["kotlin", [".kt", ".kts"]],
  ["lua", [".lua"]],
  ["make", ["Makefile", "makefile", "GNUmakefile", ".mk"]],
  ["md", [".md", ".markdown", ".mdx"]],
  ["php", [".php", ".phtml"]],
  ["proto", [".proto"]],
  ["py", [".py", ".pyi"]],
  ["ruby", [".rb", ".rake", ".gemspec", "Gemfile", "Rakefile"]],
  ["rust", [".rs"]],
  ["scala", [".scala", ".sbt"]],
  ["sh", [".sh", ".bash", ".zsh"]],
  ["sql", [".sql"]],
  ["svelte", [".svelte"]],
  ["swift", [".swift"]],
  ["terraform", [".tf", ".tfvars"]],
  ["toml", [".toml"]],
  ["ts", [".ts", ".tsx", ".mts", ".cts"]],
  ["txt", [".txt"]],
  ["vue", [".vue"]],
  ["xml", [".xml", ".xsd", ".xsl"]],
  ["yaml", [".yaml", ".yml"]],
]);

export const FILE_TYPE_NAMES: readonly string[] = [...FILE_TYPES.keys()];

/** Whether the path is of the type; undefined for a type that is not known. */
export function fileTypeMatcher(type: string): ((path: string) => boolean) | undefined {
  const endings = FILE_TYPES.get(type);
  if (endings === undefined) return undefined;
  return (path) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return endings.some((ending) => (ending.startsWith(".") ? name.endsWith(ending) : name === ending));
  };
}
