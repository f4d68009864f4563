/** What `help` prints. */
export const HELP = `parallel-review: reviews, refactors and audits code with many small subagents in parallel

  review   [--repo <dir>] [--base <ref>] [--head <ref>]   review a git range
  refactor --goal <text>|--recipe <name> --files <glob...> [--context <glob...>] [--check '<argv json>'] [--apply | --patch <file>]
                                                          change many files the same way; --dry-run shows the plan
  refactor --recipe fix-findings --findings <findings.json> [--ids f1,f3]
                                                          fix what a review or audit has found
  resume   <findings.json> [--repo <dir>]                 go on with a review that was killed or stopped
  ask      "<question>" [--repo <dir>] [--head <ref>]     a question about the repository, answered by subagents
  plan     [--repo <dir>] [--base <ref>] [--head <ref>]   show the subtasks, spend nothing
  estimate [--repo <dir>] [--base <ref>] [--head <ref>]   show what a review would cost, spend nothing
  audit    --recipe <name> [--repo <dir>] [--head <ref>] [--files <glob...>] [--report <path>] [--shard i/n] [--ledger <file>] [--batch]
                                                          the whole repository, by a recipe, into one report; --batch asks
                                                          claude at half price, within a day: run it again to take up the rest
  merge    <findings.json...> [--report <path>]           one report of an audit's shards
  demo     [review|refactor|audit] [--once] [--port <n>]  review, refactor or audit the example on a local GitHub
  app      [--role all|web|worker] [--host <name>] [--port <n>] [--data <folder>]
                                                          the GitHub App: webhooks, durable work, pages; the first run makes one
  app      --demo [--once]                                the same on a local GitHub, with the example
  doctor   [--repo <dir>] [--data <folder>]               check what is needed, and say what is missing
  help, --version

  --engine auto|claude|rules   auto: claude where ANTHROPIC_API_KEY is set, else rules
  --model <id> --effort low|medium|high|xhigh|max   --verifier-model <id> for the check of each finding
  --lens <name,...>            what to look for: correctness, security, contracts, concurrency, data, tests, or your own
  --concurrency <n>            subagents at once (32)
  --budget <usd>               most that one run may cost
  --fail-on never|low|medium|high|critical|incomplete
  --format text|markdown|json|sarif   --output <file>
  --output-dir <folder>        findings.json, SARIF, Markdown and the transcript: what resume and --replay need
  --replay <transcript>        tell that review again from its transcript; no key, no network
  --base-url <url>             of the Messages API
  --provider anthropic|bedrock|vertex|foundry   where Claude is asked, with that cloud's own login;
                               --region <name> (bedrock, vertex) --project <id> (vertex) --resource <name> (foundry);
                               app: CLAUDE_PROVIDER, CLAUDE_REGION, ... in its environment (.github/APP.md)
  --dry-run                    as plan
  --formatter '<argv json>'    refactor: run on the changed files before the check; "{files}" stands for them
  --no-review                  refactor: nobody looks at the combined diff before it is offered
  --quiet                      no progress on stderr

Exit: 0 done, 1 failed by --fail-on or incomplete, 2 wrong usage or configuration, 3 an outside service failed, 130 interrupted
`;

/** What `/parallel-review help` answers. */
export const COMMANDS_HELP = `Commands, as the first line of a comment:

- \`/parallel-review\` reviews this pull request
- \`/parallel-review plan\` shows what would be read, and spends nothing; \`estimate\` says what it would cost
- \`/parallel-review status\` says what runs and what ran last; \`config\` which settings are in force, and from where
- \`/parallel-review explain f3\` explains finding f3 of the last review
- \`/parallel-review ignore f3 <reason>\` hides it from now on
- \`/parallel-review fix f3 f4\` proposes a change that fixes them
- \`/parallel-review ask "<question>"\` answers a question about this pull request
- \`/parallel-review refactor "<goal>" <globs>\` proposes a change of many files
- \`/parallel-review audit <recipe>\` reads the whole repository as it is here, by a recipe
- \`/parallel-review stop\` stops the review that is running, within a minute
- \`/parallel-review retry\` reads what the last review could not; \`resume\` goes on with one that was cut short
- \`/parallel-review pause\` holds automatic reviews back until \`resume\`
- \`/parallel-review help\`

In a reply under a finding, \`explain\`, \`ignore <reason>\` and \`fix\` need no id.

Options: \`--paths <glob>\`, \`--lens a,b\`, \`--model <id>\`, \`--effort <level>\`, \`--budget <usd>\`, \`--concurrency <n>\`, \`--sha <sha>\``;
