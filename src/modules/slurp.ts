import fileContent from '#facts/file-content.ts'
import pathState from '#facts/path-state.ts'
import { t } from '#sdk/args.ts'
import { encodeBytes } from '#sdk/byte-text.ts'
import { defineModule } from '#sdk/module.ts'
import { editableText, type TextFile, textFile } from '#sdk/text-file.ts'

export default defineModule({
  summary: 'Reads a file of the host into the registered result, as base64.',
  args: t.Args({
    src: t.Path({ description: 'The file to read, on the host.' }),
  }),
  argumentAliases: { path: 'src' },
  examples: [{ title: 'Read a key', args: { src: '/etc/ssh/ssh_host_ed25519_key.pub' } }],

  async probe({ args, host }): Promise<TextFile> {
    const [place, content] = await Promise.all([
      host.fact(pathState, args.src),
      host.fact(fileContent, args.src),
    ])
    return textFile(host, place, content)
  },

  plan({ state }) {
    editableText(state, false)
    return []
  },

  result({ args, state }) {
    return { data: { content: base64(state), encoding: 'base64', source: args.src } }
  },
})

function base64({ content }: TextFile): string {
  if (!content) return ''
  const bytes = encodeBytes(content)
  const list = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
  let binary = ''
  for (const byte of list) binary += String.fromCharCode(byte)
  return btoa(binary)
}
