import type { ReviewResult } from "../flow/run-review.ts";
import { jobSummary } from "../render/job-summary.ts";
import type { Surroundings } from "../render/place-link.ts";
import { actionOutputs } from "./action-outputs.ts";
import { cleanReport } from "./clean-report.ts";
import type { PullRequestOrder } from "./pull-request-order.ts";
import { writeReportFiles } from "./report-files.ts";
import { outputFolder } from "./world.ts";

/** Everything but the posts: files, outputs, job summary, and whether the job has failed. */
export async function deliverResult(
  { report, published, undelivered, fails, reason }: Omit<ReviewResult, "prepared">,
  { inputs, site, host }: PullRequestOrder,
  { surroundings, clean }: { readonly surroundings: Surroundings; readonly clean: (text: string) => string },
): Promise<void> {
  const safe = cleanReport(report, clean);
  await host.summary(jobSummary(safe, surroundings));
  const folder = outputFolder({ inputs, site });
  const files = await writeReportFiles(safe, folder, clean);
  for (const [name, value] of Object.entries(actionOutputs(report, files, published))) host.output(name, value);
  for (const degradation of published?.degradations ?? []) host.warning(degradation);
  if (published?.alreadyPublished === true) host.info("This request was answered before; nothing was posted again.");
  if (undelivered !== undefined) {
    const lost = `${undelivered.replace(/\.?$/, ".")} Nothing is lost: the findings are ${host.words.keptIn(folder)}`;
    host.fail(lost, "undelivered");
    return;
  }
  // Of a review in stages the last one judges, or what was found would not reach it.
  if (fails && inputs.stage !== "analyze") host.fail(reason);
  else host.info(reason);
}
