import packageFile from "../../package.json" with { type: "json" };

/** The version in package.json; bundles carry it inside. */
export const VERSION: string = packageFile.version;
