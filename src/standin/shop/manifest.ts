import { auditIssues, auditLookAlikes } from "./audit-issues.ts";
import { lookAlikes } from "./look-alikes.ts";
import type { Defect, LookAlike } from "./manifest-entry.ts";
import { plantedDefects, preExistingDefects } from "./planted-defects.ts";

/** What is right and wrong with the example, by people: what the engines are measured against. */
export interface ShopManifest {
  /** Places in the head version of the pull request. */
  readonly review: {
    readonly planted: readonly Defect[];
    readonly lookAlikes: readonly LookAlike[];
    readonly preExisting: readonly Defect[];
  };
  /** Places in the base version, in `src/controllers/` only. */
  readonly audit: {
    readonly issues: readonly Defect[];
    readonly lookAlikes: readonly LookAlike[];
  };
}

export const shopManifest: ShopManifest = {
  review: { planted: plantedDefects, lookAlikes, preExisting: preExistingDefects },
  audit: { issues: auditIssues, lookAlikes: auditLookAlikes },
};
