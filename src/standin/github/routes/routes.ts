import type { Route } from "../http/route.ts";
import { accountRoutes } from "./account-routes.ts";
import { appRoutes } from "./app-routes.ts";
import { automationRoutes } from "./automation-routes.ts";
import { checkRoutes } from "./check-routes.ts";
import { contentRoutes } from "./content-routes.ts";
import { gitRoutes } from "./git-routes.ts";
import { issueRoutes } from "./issue-routes.ts";
import { labelRoutes } from "./label-routes.ts";
import { pullRoutes } from "./pull-routes.ts";
import { reactionRoutes } from "./reaction-routes.ts";
import { repositoryRoutes } from "./repository-routes.ts";
import { reviewCommentRoutes } from "./review-comment-routes.ts";
import { reviewRoutes } from "./review-routes.ts";
import { userInstallationRoutes } from "./user-installation-routes.ts";
import { webFlowRoutes } from "./web-flow-routes.ts";

/** Every endpoint this stand-in answers. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...appRoutes,
  ...automationRoutes,
  ...checkRoutes,
  ...contentRoutes,
  ...gitRoutes,
  ...issueRoutes,
  ...labelRoutes,
  ...pullRoutes,
  ...reactionRoutes,
  ...repositoryRoutes,
  ...reviewCommentRoutes,
  ...reviewRoutes,
  ...userInstallationRoutes,
  ...webFlowRoutes,
];
