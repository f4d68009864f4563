import { DEFAULT_SETTINGS, Settings } from "../domain/settings.ts";
import { validatedYaml } from "./validated-yaml.ts";

/**
 * The settings written in a YAML text; the defaults for an empty one.
 * @throws {ConfigurationError} with file, line, key and the allowed values, one line per mistake.
 */
export function parseSettings(path: string, text: string): Settings {
  return validatedYaml({ path, text }, Settings) ?? DEFAULT_SETTINGS;
}
