/** Limits of one YAML file, so that no file can make tsplay slow or large. */
export const yamlLimits = {
  /** Aliases expanded, those inside expanded anchors counted each time. */
  aliases: 100,
  /** Lists and mappings inside each other. */
  depth: 100,
  bytes: 10 * 1024 * 1024,
} as const
