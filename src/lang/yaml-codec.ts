/**
 * YAML to values and back, for `to_yaml` and `from_yaml`. The `yaml` package lives in `load`, which this room
 * may not import; `app` hands its codec in once, before anything is evaluated.
 */
export interface YamlCodec {
  /** Throws when the text is not YAML; the message must not quote the text, which may be secret. */
  parse(text: string): unknown
  stringify(value: unknown, options: { readonly indent?: number }): string
}

let codec: YamlCodec | undefined

/** Makes YAML available to functions. Called by `app` at start-up; a later call replaces the earlier. */
export function setYamlCodec(given: YamlCodec): void {
  codec = given
}

/** The codec that was handed in. Having none is a bug in the wiring. */
export function yamlCodec(): YamlCodec {
  if (!codec) throw new Error('No YAML codec has been set.')
  return codec
}
